-- Which swords do players buy from the shop, by material?
-- Grain: one row a material; a sword without one stands in a row of its own.
-- Units: purchases; buyers are different players; units of swords; gold in coins paid;
-- average_price in coins a sword.
with purchases as (
    select
        material,
        player_id,
        quantity,
        gold
    from sword_purchase
),

totals as (
    select
        material,
        count(*) as purchases,
        count(distinct player_id) as buyers,
        sum(quantity) as units,
        sum(gold) as gold
    from purchases
    group by material
),

priced as (
    select
        material,
        purchases,
        buyers,
        units,
        gold,
        round(cast(gold as double) / units, 2) as average_price
    from totals
)

select * from priced
order by units desc, material asc
