-- Battles that players fought, and how each ended.
-- Grain: one row a settled trade of kind battle.
-- Units: gold_won and gold_lost in coins; value_won and value_lost are all that came and went, gold
-- and items at base value, in coins.
with fought as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id as player_id,
        enemy,
        outcome,
        weapon_item_id
    from trade
    where kind = 'battle' and status = 'settled'
),

legs as (
    select
        seq,
        asset,
        quantity,
        quantity * unit_value as value,
        to_account like 'player:%' as is_won
    from trade_leg
    where kind = 'battle' and status = 'settled'
),

loot as (
    select
        seq,
        sum(case when is_won and asset = 'gold' then quantity else 0 end) as gold_won,
        sum(case when not is_won and asset = 'gold' then quantity else 0 end) as gold_lost,
        sum(case when is_won then value else 0 end) as value_won,
        sum(case when not is_won then value else 0 end) as value_lost
    from legs
    group by seq
),

battles as (
    select
        fought.trade_id,
        fought.seq,
        fought.occurred_at,
        fought.player_id,
        fought.enemy,
        fought.outcome,
        fought.weapon_item_id,
        coalesce(loot.gold_won, 0) as gold_won,
        coalesce(loot.gold_lost, 0) as gold_lost,
        coalesce(loot.value_won, 0) as value_won,
        coalesce(loot.value_lost, 0) as value_lost
    from fought
    left join loot on fought.seq = loot.seq
)

select * from battles
