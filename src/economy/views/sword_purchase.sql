-- What players bought from the shop that is a sword.
-- Grain: one row a settled purchase of swords.
-- Units: gold paid and unit_value in coins, quantity in units.
with purchases as (
    select * from item_purchase
),

swords as (
    select
        trade_id,
        seq,
        occurred_at,
        player_id,
        item_id,
        item_name,
        material,
        power_level,
        magical,
        rarity,
        quantity,
        unit_value,
        gold
    from purchases
    where item_kind = 'sword'
)

select * from swords
