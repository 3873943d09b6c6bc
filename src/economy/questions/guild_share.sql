-- How many players are in a guild?
-- Grain: one row in all.
-- Units: players now; ever_joined counts players that joined at least once; joins and leaves are
-- settled trades; guilds are those with members now; share_in_guild is a part of 1, of all players.
with players as (
    select
        count(*) as players,
        count(guild) as in_guild,
        count(distinct guild) as guilds
    from player_latest
),

joined as (
    select
        count(*) as joins,
        count(distinct player_id) as ever_joined
    from guild_join
),

departed as (
    select count(*) as leaves from guild_leave
),

described as (
    select
        players.players,
        players.in_guild,
        round(cast(players.in_guild as double) / nullif(players.players, 0), 4)
            as share_in_guild,
        joined.ever_joined,
        joined.joins,
        departed.leaves,
        players.guilds,
        round(cast(players.in_guild as double) / nullif(players.guilds, 0), 2)
            as members_per_guild
    from players
    cross join joined
    cross join departed
)

select * from described
