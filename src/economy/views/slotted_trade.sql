-- Every trade, settled or refused, with the slot of time that it falls in.
-- Grain: one row a trade.
-- Units: slot says how long a slot lasts; slot_start is UTC.
with placed as (
    select
        trade.trade_id,
        trade.seq,
        trade.occurred_at,
        trade.kind,
        trade.status,
        trade.player_1_id,
        trade.player_2_id,
        slot.slot,
        date_trunc(slot.slot, trade.occurred_at) as slot_start
    from trade
    cross join slot
)

select * from placed
