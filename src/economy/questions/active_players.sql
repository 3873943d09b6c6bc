-- How many players are active at a time, and how many of them are new?
-- Grain: one row a slot of time with trades; a slot lasts as in trades_over_time.
-- Units: active players are named by a settled trade of the slot, new ones by a starter grant;
-- trades are settled ones; slot_start is UTC.
with named as (
    select
        date_trunc(slot.slot, party.occurred_at) as slot_start,
        party.player_id,
        party.is_first,
        party.kind
    from party
    cross join slot
    where party.status = 'settled' and slot.slot != 'day'
),

-- Days are counted already, and shorter slots are of few days.
players as (
    select
        slot_start,
        player_id,
        count(case when is_first and kind = 'starter_grant' then 1 end) as arrivals,
        count(case when is_first then 1 end) as trades
    from named
    group by slot_start, player_id
    union all
    select
        cast(player_day.utc_day as timestamp) as slot_start,
        player_day.player_id,
        player_day.arrivals,
        player_day.asked as trades
    from player_day
    cross join slot
    where player_day.settled > 0 and slot.slot = 'day'
),

active as (
    select
        slot_start,
        count(*) as active_players,
        sum(arrivals) as new_players,
        sum(trades) as trades
    from players
    group by slot_start
),

described as (
    select
        active.slot_start,
        slot.slot,
        active.active_players,
        active.new_players,
        active.trades,
        round(cast(active.trades as double) / active.active_players, 2) as trades_per_player
    from active
    cross join slot
)

select * from described
order by slot_start asc
