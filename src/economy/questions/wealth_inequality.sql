-- How unequally are gold, goods and wealth spread?
-- Grain: one row a measure: gold, inventory, and wealth, which is both.
-- Units: total, mean and median in coins at base value, now; gini is 0 when all own the same and
-- nears 1 when one owns all: with amounts x in rising order, (2 * sum(i * x) - (n + 1) * sum(x))
-- over n * sum(x) (Gini's mean difference); shares are parts of 1, of the total, that the richest
-- tenth and hundredth of the players own, each at least one player.
with measures as (
    select 'gold' as measure
    union all
    select 'inventory' as measure
    union all
    select 'wealth' as measure
),

amounts as (
    select
        measures.measure,
        case when measures.measure = 'inventory' then 0 else player_latest.gold end
        + case when measures.measure = 'gold' then 0 else player_latest.inventory_value end
            as amount
    from player_latest
    cross join measures
),

ranked as (
    select
        measure,
        amount,
        row_number() over (partition by measure order by amount asc) as place,
        count(*) over (partition by measure) as players
    from amounts
),

sums as (
    select
        measure,
        players,
        sum(cast(amount as decimal(38, 0))) as total,
        sum(cast(amount as decimal(38, 0)) * (2 * place - players - 1)) as spread,
        sum(
            case
                when place * 2 between players and players + 2
                    then cast(amount as decimal(38, 0))
            end
        ) as middle,
        count(case when place * 2 between players and players + 2 then 1 end) as middle_players,
        sum(
            case when (players - place) * 10 < players then cast(amount as decimal(38, 0)) end
        ) as top_tenth,
        sum(
            case when (players - place) * 100 < players then cast(amount as decimal(38, 0)) end
        ) as top_hundredth
    from ranked
    group by measure, players
),

described as (
    select
        measure,
        players,
        cast(total as bigint) as total,
        round(cast(total as double) / players, 2) as mean,
        round(cast(middle as double) / middle_players, 1) as median_amount,
        round(cast(spread as double) / nullif(cast(total * players as double), 0), 4) as gini,
        round(cast(top_tenth as double) / nullif(cast(total as double), 0), 4) as top_tenth_share,
        round(cast(top_hundredth as double) / nullif(cast(total as double), 0), 4)
            as top_hundredth_share
    from sums
)

select * from described
order by measure asc
