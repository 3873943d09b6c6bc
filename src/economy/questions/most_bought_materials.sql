-- Which materials do players buy most?
-- Grain: one row a material; goods without one stand in a row of their own.
-- Units: purchases; buyers are different players; units of the item; gold in coins paid;
-- share is a part of 1, of all units.
with purchases as (
    select
        material,
        player_id,
        quantity,
        gold
    from item_purchase
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

shared as (
    select
        material,
        purchases,
        buyers,
        units,
        gold,
        round(cast(units as double) / sum(units) over (), 4) as share
    from totals
)

select * from shared
order by units desc, material asc
