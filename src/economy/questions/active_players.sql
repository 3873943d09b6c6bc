-- How many players are active at a time, and how many of them are new?
-- Grain: one row a slot of time with trades; a slot lasts as in trades_over_time.
-- Units: active players are named by a settled trade of the slot, new ones by a starter grant;
-- trades are settled ones; slot_start is UTC.
with settled as (
    select
        slot_start,
        slot,
        kind,
        player_1_id,
        player_2_id
    from slotted_trade
    where status = 'settled'
),

trades as (
    select
        slot_start,
        slot,
        count(case when kind = 'starter_grant' then 1 end) as new_players,
        count(*) as trades
    from settled
    group by slot_start, slot
),

named as (
    select
        slot_start,
        player_1_id as player_id
    from settled
    union all
    select
        slot_start,
        player_2_id as player_id
    from settled
    where player_2_id is not null
),

players as (
    select
        slot_start,
        player_id
    from named
    group by slot_start, player_id
),

active as (
    select
        slot_start,
        count(*) as active_players
    from players
    group by slot_start
),

described as (
    select
        trades.slot_start,
        trades.slot,
        active.active_players,
        trades.new_players,
        trades.trades,
        round(cast(trades.trades as double) / active.active_players, 2) as trades_per_player
    from trades
    inner join active on trades.slot_start = active.slot_start
)

select * from described
order by slot_start asc
