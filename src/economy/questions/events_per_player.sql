-- Which players cause the most events?
-- Grain: one row a player; the first twenty.
-- Units: events; trades are those that name the player, settled or refused, starter grants among
-- them; states are its own; share is a part of 1, of all events that concern a player.
with trades as (
    select
        player_id,
        sum(named) as trades,
        sum(refused) as refused
    from player_day
    group by player_id
),

states as (
    select
        player_id,
        sum(states) as states
    from player_state_day
    group by player_id
),

events as (
    select
        states.player_id,
        coalesce(trades.trades, 0) as trades,
        coalesce(trades.refused, 0) as refused,
        states.states,
        coalesce(trades.trades, 0) + states.states as events
    from states
    left join trades on states.player_id = trades.player_id
),

shared as (
    select
        player_id,
        trades,
        refused,
        states,
        events,
        round(cast(events as double) / sum(events) over (), 4) as share
    from events
),

first_twenty as (
    select
        player_id,
        trades,
        refused,
        states,
        events,
        share
    from shared
    order by events desc, player_id asc
    limit 20
),

-- What takes long to find is found for those that are shown.
described as (
    select
        first_twenty.player_id,
        max_by(player_recent_state.username, player_recent_state.version) as username,
        first_twenty.trades,
        first_twenty.refused,
        first_twenty.states,
        first_twenty.events,
        first_twenty.share
    from player_recent_state
    inner join first_twenty on player_recent_state.player_id = first_twenty.player_id
    group by
        first_twenty.player_id,
        first_twenty.trades,
        first_twenty.refused,
        first_twenty.states,
        first_twenty.events,
        first_twenty.share
)

select * from described
order by events desc, player_id asc
