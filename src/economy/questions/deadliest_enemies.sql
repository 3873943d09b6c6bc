-- Which enemies are the deadliest?
-- Grain: one row an enemy that was fought.
-- Units: battles; loss_share is a part of 1, of the battles with it; players are those it beat;
-- values are gold and items at base value, in coins.
with fought as (
    select
        enemy,
        outcome,
        player_id,
        value_won,
        value_lost
    from battle
),

totals as (
    select
        enemy,
        count(*) as battles,
        count(case when outcome = 'won' then 1 end) as won,
        count(case when outcome = 'lost' then 1 end) as lost,
        count(distinct case when outcome = 'lost' then player_id end) as players,
        sum(value_won) as value_won,
        sum(value_lost) as value_lost
    from fought
    group by enemy
),

described as (
    select
        enemy,
        battles,
        won,
        lost,
        round(cast(lost as double) / battles, 4) as loss_share,
        players,
        value_won,
        value_lost
    from totals
)

select * from described
order by lost desc, battles asc, enemy asc
