-- How many players are active at a time, and how many of them are new?
-- Grain: one row a slot of time with trades; a slot lasts as in trades_over_time.
-- Units: active players are named by a settled trade of the slot, new ones by a starter grant;
-- trades are settled ones; slot_start is UTC.
with named as (
    select
        slot_start,
        slot,
        kind,
        1 as is_first,
        player_1_id as player_id
    from slotted_trade
    where status = 'settled'
    union all
    select
        slot_start,
        slot,
        kind,
        0 as is_first,
        player_2_id as player_id
    from slotted_trade
    where status = 'settled' and player_2_id is not null
),

players as (
    select
        slot_start,
        slot,
        player_id,
        count(case when kind = 'starter_grant' then 1 end) as newcomers,
        sum(is_first) as trades
    from named
    group by slot_start, slot, player_id
),

counted as (
    select
        slot_start,
        slot,
        count(*) as active_players,
        cast(sum(newcomers) as bigint) as new_players,
        cast(sum(trades) as bigint) as trades
    from players
    group by slot_start, slot
),

described as (
    select
        slot_start,
        slot,
        active_players,
        new_players,
        trades,
        round(cast(trades as double) / active_players, 2) as trades_per_player
    from counted
)

select * from described
order by slot_start asc
