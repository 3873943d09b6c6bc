-- Which players cause the most events?
-- Grain: one row a player; the first twenty.
-- Units: events; trades are those that name the player, settled or refused, starter grants among
-- them; states are its own; share is a part of 1, of all events that concern a player.
with named as (
    select
        player_1_id as player_id,
        status
    from trade
    union all
    select
        player_2_id as player_id,
        status
    from trade
    where player_2_id is not null and player_2_id != player_1_id
),

trades as (
    select
        player_id,
        count(*) as trades,
        count(case when status = 'rejected' then 1 end) as refused
    from named
    group by player_id
),

states as (
    select
        player_id,
        count(*) as states
    from player_state
    group by player_id
),

events as (
    select
        player_latest.player_id,
        player_latest.username,
        coalesce(trades.trades, 0) as trades,
        coalesce(trades.refused, 0) as refused,
        states.states,
        coalesce(trades.trades, 0) + states.states as events
    from player_latest
    inner join states on player_latest.player_id = states.player_id
    left join trades on player_latest.player_id = trades.player_id
),

shared as (
    select
        player_id,
        username,
        trades,
        refused,
        states,
        events,
        round(cast(events as double) / sum(events) over (), 4) as share
    from events
)

select * from shared
order by events desc, player_id asc
limit 20
