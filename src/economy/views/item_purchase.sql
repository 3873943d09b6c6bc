-- What players bought from the shop, with what the catalogue says of it.
-- Grain: one row an item bought in a settled trade of kind purchase; the shop sells one at a time.
-- Units: gold paid and unit_value in coins, quantity in units.
with settled as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id as player_id
    from trade
    where kind = 'purchase' and status = 'settled'
),

bought as (
    select
        seq,
        item_id,
        quantity,
        unit_value
    from trade_leg
    where kind = 'purchase' and status = 'settled' and asset = 'item'
),

paid as (
    select
        seq,
        sum(quantity) as gold
    from trade_leg
    where kind = 'purchase' and status = 'settled' and asset = 'gold'
    group by seq
),

purchases as (
    select
        settled.trade_id,
        settled.seq,
        settled.occurred_at,
        settled.player_id,
        bought.item_id,
        item.name as item_name,
        item.kind as item_kind,
        item.material,
        item.power_level,
        item.magical,
        item.rarity,
        bought.quantity,
        bought.unit_value,
        coalesce(paid.gold, 0) as gold
    from settled
    inner join bought on settled.seq = bought.seq
    left join item on bought.item_id = item.item_id
    left join paid on settled.seq = paid.seq
)

select * from purchases
