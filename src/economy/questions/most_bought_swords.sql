-- Which swords do players buy most?
-- Grain: one row a sword of the catalogue; the first twenty.
-- Units: purchases; buyers are different players; units of the item; gold in coins paid;
-- share is a part of 1, of the units of all swords.
with purchases as (
    select
        item_id,
        item_name,
        material,
        player_id,
        quantity,
        gold
    from sword_purchase
),

totals as (
    select
        item_id,
        item_name,
        material,
        count(*) as purchases,
        count(distinct player_id) as buyers,
        sum(quantity) as units,
        sum(gold) as gold
    from purchases
    group by item_id, item_name, material
),

shared as (
    select
        item_id,
        item_name,
        material,
        purchases,
        buyers,
        units,
        gold,
        round(cast(units as double) / sum(units) over (), 4) as share
    from totals
)

select * from shared
order by units desc, item_id asc
limit 20
