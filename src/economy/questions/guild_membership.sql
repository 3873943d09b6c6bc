-- Who joins which guild, and how many members does each have now?
-- Grain: one row a guild that was ever joined or has members.
-- Units: joins and leaves are settled trades; members are players now; fees in coins;
-- share_of_players is a part of 1, of all players.
with counted as (
    select
        guild,
        count(*) as joins,
        0 as leaves,
        0 as members,
        sum(fee) as fees
    from guild_join
    group by guild
    union all
    select
        guild,
        0 as joins,
        count(*) as leaves,
        0 as members,
        0 as fees
    from guild_leave
    group by guild
    union all
    -- Players without a guild are one of the groups.
    select
        guild,
        0 as joins,
        0 as leaves,
        count(*) as members,
        0 as fees
    from player_latest
    group by guild
),

guilds as (
    select
        guild,
        sum(joins) as joins,
        sum(leaves) as leaves,
        sum(members) as members,
        sum(fees) as fees
    from counted
    group by guild
),

shared as (
    select
        guild,
        joins,
        leaves,
        members,
        fees,
        round(cast(members as double) / nullif(sum(members) over (), 0), 4) as share_of_players
    from guilds
),

membership as (
    select
        guild,
        joins,
        leaves,
        members,
        fees,
        share_of_players
    from shared
    where guild is not null
)

select * from membership
order by members desc, guild asc
