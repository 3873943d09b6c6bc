-- Which weapons do players buy most?
-- Grain: one row a weapon of the catalogue; the first twenty.
-- Units: purchases; buyers are different players; units of the item; gold in coins paid;
-- share is a part of 1, of the units of all weapons.
with purchases as (
    select
        item_id,
        item_name,
        item_kind,
        player_id,
        quantity,
        gold
    from weapon_purchase
),

totals as (
    select
        item_id,
        item_name,
        item_kind,
        count(*) as purchases,
        count(distinct player_id) as buyers,
        sum(quantity) as units,
        sum(gold) as gold
    from purchases
    group by item_id, item_name, item_kind
),

shared as (
    select
        item_id,
        item_name,
        item_kind,
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
