-- Which goods bring the shop its revenue?
-- Grain: one row a kind of item.
-- Units: purchases; buyers are different players; units; revenue in coins; average_price in coins
-- a unit; share_of_revenue is a part of 1.
with purchases as (
    select
        item_kind,
        player_id,
        quantity,
        gold
    from item_purchase
),

totals as (
    select
        item_kind,
        count(*) as purchases,
        count(distinct player_id) as buyers,
        sum(quantity) as units,
        sum(gold) as revenue
    from purchases
    group by item_kind
),

described as (
    select
        item_kind,
        purchases,
        buyers,
        units,
        revenue,
        round(cast(revenue as double) / units, 2) as average_price,
        round(cast(revenue as double) / nullif(sum(revenue) over (), 0), 4) as share_of_revenue
    from totals
)

select * from described
order by revenue desc, item_kind asc
