-- What players bought from the shop, with what the catalogue says of it.
-- Grain: one row a settled trade of kind purchase; the shop sells one item at a time.
-- Units: gold paid and unit_value (of one unit, at base value) in coins, quantity in units.
with bought as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id as player_id,
        only_item_id as item_id,
        partner_units as quantity,
        cast(partner_value / nullif(partner_units, 0) as bigint) as unit_value,
        player_1_gold as gold
    from trade
    where kind = 'purchase' and status = 'settled'
),

purchases as (
    select
        bought.trade_id,
        bought.seq,
        bought.occurred_at,
        bought.player_id,
        bought.item_id,
        item.name as item_name,
        item.kind as item_kind,
        item.material,
        item.power_level,
        item.magical,
        item.rarity,
        bought.quantity,
        bought.unit_value,
        bought.gold
    from bought
    left join item on bought.item_id = item.item_id
)

select * from purchases
