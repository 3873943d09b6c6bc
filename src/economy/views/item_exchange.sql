-- Settled trades between players in which coins alone were given for one kind of item alone.
-- Grain: one row such a trade: what a player paid another for an item.
-- Units: gold and base_value in coins, for all the units together.
with paid as (
    select
        trade_id,
        seq,
        occurred_at,
        case when player_1_gold > 0 then player_1_id else player_2_id end as buyer_id,
        case when player_1_gold > 0 then player_2_id else player_1_id end as seller_id,
        player_1_gold + player_2_gold as gold
    from player_trade
    where
        (
            player_1_gold > 0 and player_1_units = 0
            and player_2_gold = 0 and player_2_units > 0
        )
        or (
            player_2_gold > 0 and player_2_units = 0
            and player_1_gold = 0 and player_1_units > 0
        )
),

sold as (
    select
        seq,
        min(item_id) as item_id,
        sum(quantity) as units,
        sum(quantity * unit_value) as base_value
    from trade_leg
    where kind = 'player_trade' and status = 'settled' and asset = 'item'
    group by seq
    having min(item_id) = max(item_id)
),

exchanges as (
    select
        paid.trade_id,
        paid.seq,
        paid.occurred_at,
        paid.buyer_id,
        paid.seller_id,
        sold.item_id,
        sold.units,
        paid.gold,
        sold.base_value
    from paid
    inner join sold on paid.seq = sold.seq
)

select * from exchanges
