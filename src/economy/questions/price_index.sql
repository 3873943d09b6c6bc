-- At what price level do players trade with each other, over time?
-- Grain: one row a slot of time with such trades; a slot lasts as in trades_over_time.
-- Units: gold paid and base_value in coins, over all trades of coins alone for one kind of item
-- alone; price_index is gold for each 100 coins of base value, so 100 is the catalogue's level
-- (each slot weighs by what it sold, as Paasche's index does); slot_start is UTC.
with exchanged as (
    select
        date_trunc(slot.slot, exchange_minute.minute_start) as slot_start,
        slot.slot,
        exchange_minute.trades,
        exchange_minute.units,
        exchange_minute.gold,
        exchange_minute.base_value
    from exchange_minute
    cross join slot
    where slot.slot != 'second'
    union all
    select
        date_trunc('second', item_exchange.occurred_at) as slot_start,
        slot.slot,
        1 as trades,
        item_exchange.units,
        item_exchange.gold,
        item_exchange.base_value
    from item_exchange
    cross join slot
    where slot.slot = 'second'
),

totals as (
    select
        slot_start,
        slot,
        sum(trades) as trades,
        sum(units) as units,
        sum(gold) as gold,
        sum(base_value) as base_value
    from exchanged
    group by slot_start, slot
),

indexed as (
    select
        slot_start,
        slot,
        trades,
        units,
        gold,
        base_value,
        round(cast(gold as double) * 100 / nullif(base_value, 0), 2) as price_index
    from totals
)

select * from indexed
order by slot_start asc
