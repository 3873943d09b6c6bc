-- What players paid each other in each minute, in trades of coins alone for one kind of item alone.
-- Grain: one row a minute with such trades.
-- Units: trades; units of items; gold and base_value in coins, for all the units together.
with exchanges as (
    select
        occurred_at,
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
        date_trunc('minute', occurred_at) as minute_start,
        count(*) as trades,
        sum(units) as units,
        sum(gold) as gold,
        sum(base_value) as base_value
    from exchanges
    group by date_trunc('minute', occurred_at)
),

days as (
    select
        cast(minute_start as date) as utc_day,
        minute_start,
        trades,
        units,
        gold,
        base_value
    from totals
)

select * from days
