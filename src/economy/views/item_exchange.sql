-- Settled trades between players in which coins alone were given for one kind of item alone.
-- Grain: one row such a trade: what a player paid another for an item.
-- Units: gold and base_value in coins, for all the units together.
with exchanges as (
    select
        trade_id,
        seq,
        occurred_at,
        case when player_1_gold > 0 then player_1_id else player_2_id end as buyer_id,
        case when player_1_gold > 0 then player_2_id else player_1_id end as seller_id,
        item_id,
        player_1_units + player_2_units as units,
        player_1_gold + player_2_gold as gold,
        case when player_1_gold > 0 then player_2_value else player_1_value end as base_value
    from player_trade
    where
        item_id is not null
        -- One side gave coins alone, the other one units alone.
        and (player_1_gold > 0) != (player_2_gold > 0)
        and (player_1_gold > 0) = (player_1_units = 0)
        and (player_2_gold > 0) = (player_2_units = 0)
)

select * from exchanges
