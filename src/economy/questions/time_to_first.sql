-- How long until a new player first trades, buys, joins a guild, fights?
-- Grain: one row a milestone that any player reached; players are those with a starter grant.
-- Units: whole seconds from the starter grant to the first settled trade of that kind; of the
-- players that reached it, half needed median_s or less, and nine of ten p90_s or less (nearest
-- rank); share_of_players is a part of 1.
with firsts as (
    select
        player_id,
        kind,
        date_trunc('second', occurred_at) as first_at
    from first_trade
    where kind in ('starter_grant', 'player_trade', 'purchase', 'sale', 'guild_join', 'battle')
),

started as (
    select
        kind as milestone,
        first_at - min(case when kind = 'starter_grant' then first_at end)
            over (partition by player_id) as wait
    from firsts
),

timed as (
    select
        milestone,
        extract(day from wait) * 86400
        + extract(hour from wait) * 3600
        + extract(minute from wait) * 60
        + extract(second from wait) as wait_s
    from started
    where wait is not null
),

ranked as (
    select
        milestone,
        wait_s,
        row_number() over (partition by milestone order by wait_s asc) as place,
        count(*) over (partition by milestone) as reached
    from timed
),

summed as (
    select
        milestone,
        count(*) as players,
        min(wait_s) as fastest_s,
        min(case when place * 2 >= reached then wait_s end) as median_s,
        min(case when place * 10 >= reached * 9 then wait_s end) as p90_s,
        max(wait_s) as slowest_s
    from ranked
    group by milestone
),

shared as (
    select
        milestone,
        players,
        round(
            cast(players as double)
            / max(case when milestone = 'starter_grant' then players end) over (), 4
        ) as share_of_players,
        fastest_s,
        median_s,
        p90_s,
        slowest_s
    from summed
),

described as (
    select * from shared
    where milestone != 'starter_grant'
)

select * from described
order by players desc, milestone asc
