-- What players bought from the shop that is a weapon.
-- Grain: one row a settled purchase of weapons.
-- Units: gold paid and unit_value in coins, quantity in units.
with purchases as (
    select * from item_purchase
),

weapons as (
    select
        trade_id,
        seq,
        occurred_at,
        player_id,
        item_id,
        item_name,
        item_kind,
        material,
        power_level,
        magical,
        rarity,
        quantity,
        unit_value,
        gold
    from purchases
    where item_kind in ('sword', 'bow', 'spear', 'dagger', 'spell')
)

select * from weapons
