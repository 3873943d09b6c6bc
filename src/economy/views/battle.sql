-- Battles that players fought, and how each ended.
-- Grain: one row a settled trade of kind battle.
-- Units: gold_won and gold_lost in coins.
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

loot as (
    select
        trade_id,
        sum(case when to_account like 'player:%' then quantity else 0 end) as gold_won,
        sum(case when from_account like 'player:%' then quantity else 0 end) as gold_lost
    from trade_leg
    where kind = 'battle' and status = 'settled' and asset = 'gold'
    group by trade_id
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
        coalesce(loot.gold_lost, 0) as gold_lost
    from fought
    left join loot on fought.trade_id = loot.trade_id
)

select * from battles
