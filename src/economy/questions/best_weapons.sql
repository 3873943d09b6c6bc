-- Which weapons win the most battles?
-- Grain: one row a weapon that battles were fought with; fights without one stand in a row of their
-- own.
-- Units: battles; win_share is a part of 1, of the battles with it; sure_share is the least that it
-- is with 95% confidence, so that one lucky battle does not lead (Wilson's score interval,
-- 1927); net_value in coins, gold and items at base value that came less those that went.
with fought as (
    select
        weapon_item_id,
        case when outcome = 'won' then 1 else 0 end as is_won,
        value_won - value_lost as net_value
    from battle
),

totals as (
    select
        weapon_item_id,
        count(*) as battles,
        sum(is_won) as won,
        sum(net_value) as net_value
    from fought
    group by weapon_item_id
),

measured as (
    select
        weapon_item_id,
        battles,
        won,
        net_value,
        cast(battles as double) as n,
        cast(won as double) / battles as p,
        cast(1.96 as double) as z
    from totals
),

described as (
    select
        measured.weapon_item_id,
        item.name as weapon_name,
        item.kind as weapon_kind,
        measured.battles,
        measured.won,
        round(measured.p, 4) as win_share,
        round(
            (
                measured.p + measured.z * measured.z / (2 * measured.n)
                - measured.z * sqrt(
                    (measured.p * (1 - measured.p) + measured.z * measured.z / (4 * measured.n))
                    / measured.n
                )
            ) / (1 + measured.z * measured.z / measured.n), 4
        ) as sure_share,
        measured.net_value
    from measured
    left join item on measured.weapon_item_id = item.item_id
)

select * from described
order by sure_share desc, battles desc, weapon_item_id asc
