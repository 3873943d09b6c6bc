-- Trades, and the gold that they moved, added up within slots of time.
-- Grain: one row or more a slot, kind and status with trades.
-- Units: slot says how long a slot lasts; slot_start is UTC; trades; coins: issued came from
-- houses, withdrawn went to them, moved left a player for another one or for a house.
with of_minutes as (
    select
        date_trunc(slot.slot, trade_minute.minute_start) as slot_start,
        slot.slot,
        trade_minute.kind,
        trade_minute.status,
        trade_minute.trades,
        trade_minute.issued,
        trade_minute.withdrawn,
        trade_minute.moved
    from trade_minute
    cross join slot
    where slot.slot != 'second'
),

of_seconds as (
    select
        date_trunc('second', trade.occurred_at) as slot_start,
        slot.slot,
        trade.kind,
        trade.status,
        1 as trades,
        case when trade.player_2_id is null then trade.partner_gold else 0 end as issued,
        case when trade.player_2_id is null then trade.player_1_gold else 0 end as withdrawn,
        trade.player_1_gold + case when trade.player_2_id is null then 0 else trade.partner_gold end
            as moved
    from trade
    cross join slot
    where slot.slot = 'second'
),

totals as (
    select * from of_minutes
    union all
    select * from of_seconds
)

select * from totals
