-- Who joins which guild, and how many members does each have now?
-- Grain: one row a guild that was ever joined or has members.
-- Units: joins and leaves are settled trades; members are players now; fees in coins;
-- share_of_players is a part of 1, of all players.
with joins as (
    select
        guild,
        count(*) as joins,
        sum(fee) as fees
    from guild_join
    group by guild
),

leaves as (
    select
        guild,
        count(*) as leaves
    from guild_leave
    group by guild
),

members as (
    select
        guild,
        count(*) as members
    from player_latest
    where guild is not null
    group by guild
),

players as (
    select count(*) as players from player_latest
),

guilds as (
    select guild from joins
    union
    select guild from leaves
    union
    select guild from members
),

membership as (
    select
        guilds.guild,
        coalesce(joins.joins, 0) as joins,
        coalesce(leaves.leaves, 0) as leaves,
        coalesce(members.members, 0) as members,
        coalesce(joins.fees, 0) as fees,
        round(cast(coalesce(members.members, 0) as double) / nullif(players.players, 0), 4)
            as share_of_players
    from guilds
    left join joins on guilds.guild = joins.guild
    left join leaves on guilds.guild = leaves.guild
    left join members on guilds.guild = members.guild
    cross join players
)

select * from membership
order by members desc, guild asc
