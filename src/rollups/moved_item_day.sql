-- Which items changed hands between players on each day.
-- Grain: one row a day and item that settled player trades moved.
-- Units: trades that moved the item, either way or both; units of it; value in coins at base value,
-- of all of them.
select
    cast(occurred_at as date) as utc_day,
    item_id,
    count(distinct seq) as trades,
    sum(quantity) as units,
    sum(quantity * unit_value) as value
from source_rows
where kind = 'player_trade' and status = 'settled' and asset = 'item'
group by cast(occurred_at as date), item_id
