-- What do players pay each other for an item, against its base value?
-- Grain: one row an item that was traded for coins alone; the first twenty by trades.
-- Units: prices and base_value in coins a unit; ratio is average_price over base_value.
with totals as (
    select
        item_id,
        sum(trades) as trades,
        sum(units) as units,
        sum(gold) as gold,
        sum(base_value) as base_value,
        round(min(lowest_price), 2) as lowest_price,
        round(max(highest_price), 2) as highest_price
    from exchange_item_day
    group by item_id
),

priced as (
    select
        totals.item_id,
        item.name as item_name,
        totals.trades,
        totals.units,
        item.value as base_value,
        totals.lowest_price,
        round(cast(totals.gold as double) / totals.units, 2) as average_price,
        totals.highest_price,
        round(cast(totals.gold as double) / nullif(totals.base_value, 0), 2) as ratio
    from totals
    left join item on totals.item_id = item.item_id
)

select * from priced
order by trades desc, item_id asc
limit 20
