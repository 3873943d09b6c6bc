-- Which items change hands most between players: by trades, by units and by value?
-- Grain: one row an item that is among the first ten by any of the three.
-- Units: settled player trades; units of the item; value in coins at base value.
-- Ranks begin at 1.
with totals as (
    select
        item_id,
        sum(trades) as trades,
        sum(units) as units,
        sum(value) as value
    from moved_item_day
    group by item_id
),

ranked as (
    select
        item_id,
        trades,
        units,
        value,
        row_number() over (order by trades desc, item_id asc) as rank_by_trades,
        row_number() over (order by units desc, item_id asc) as rank_by_units,
        row_number() over (order by value desc, item_id asc) as rank_by_value
    from totals
),

named as (
    select
        ranked.item_id,
        item.name as item_name,
        ranked.trades,
        ranked.units,
        ranked.value,
        ranked.rank_by_trades,
        ranked.rank_by_units,
        ranked.rank_by_value
    from ranked
    left join item on ranked.item_id = item.item_id
    where ranked.rank_by_trades <= 10 or ranked.rank_by_units <= 10 or ranked.rank_by_value <= 10
)

select * from named
order by rank_by_trades asc
