-- Battles that players fought, and how each ended.
-- Grain: one row a settled trade of kind battle.
-- Units: gold_won and gold_lost in coins; value_won and value_lost are all that came and went, gold
-- and items at base value, in coins.
with battles as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id as player_id,
        enemy,
        outcome,
        weapon_item_id,
        partner_gold as gold_won,
        player_1_gold as gold_lost,
        partner_value as value_won,
        player_1_value as value_lost
    from trade
    where kind = 'battle' and status = 'settled'
)

select * from battles
