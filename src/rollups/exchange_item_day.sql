-- What players paid each other for each item on each day, in trades of coins alone for it alone.
-- Grain: one row a day and item with such trades.
-- Units: trades; units of the item; gold and base_value in coins, for all the units together;
-- prices in coins a unit, not rounded.
with exchanges as (
    select
        cast(occurred_at as date) as utc_day,
        only_item_id as item_id,
        player_1_units + partner_units as units,
        player_1_gold + partner_gold as gold,
        case when player_1_gold > 0 then partner_value else player_1_value end as base_value
    from source_rows
    where
        kind = 'player_trade'
        and status = 'settled'
        and only_item_id is not null
        -- One side gave coins alone, the other one units alone.
        and (player_1_gold > 0) != (partner_gold > 0)
        and (player_1_gold > 0) = (player_1_units = 0)
        and (partner_gold > 0) = (partner_units = 0)
),

totals as (
    select
        utc_day,
        item_id,
        count(*) as trades,
        sum(units) as units,
        sum(gold) as gold,
        sum(base_value) as base_value,
        min(cast(gold as double) / units) as lowest_price,
        max(cast(gold as double) / units) as highest_price
    from exchanges
    group by utc_day, item_id
)

select * from totals
