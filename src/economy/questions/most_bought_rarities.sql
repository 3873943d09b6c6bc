-- How rare are the goods that players buy?
-- Grain: one row a rarity.
-- Units: purchases; buyers are different players; units of the item; gold in coins paid;
-- share is a part of 1, of all units.
with purchases as (
    select
        rarity,
        player_id,
        quantity,
        gold
    from item_purchase
),

totals as (
    select
        rarity,
        count(*) as purchases,
        count(distinct player_id) as buyers,
        sum(quantity) as units,
        sum(gold) as gold
    from purchases
    group by rarity
),

shared as (
    select
        rarity,
        purchases,
        buyers,
        units,
        gold,
        round(cast(units as double) / sum(units) over (), 4) as share
    from totals
)

select * from shared
order by units desc, rarity asc
