-- How do battles end?
-- Grain: one row an outcome, won or lost.
-- Units: battles; players that fought so; share is a part of 1, of all battles: that of won ones is
-- the win rate; values are gold and items at base value, in coins.
with fought as (
    select
        outcome,
        player_id,
        value_won,
        value_lost
    from battle
),

totals as (
    select
        outcome,
        count(*) as battles,
        count(distinct player_id) as players,
        sum(value_won) as value_won,
        sum(value_lost) as value_lost
    from fought
    group by outcome
),

shared as (
    select
        outcome,
        battles,
        round(cast(battles as double) / sum(battles) over (), 4) as share,
        players,
        value_won,
        value_lost
    from totals
)

select * from shared
order by outcome desc
