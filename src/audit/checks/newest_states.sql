-- What do the tables say that each player is and has?
-- Grain: one row a player with an id in [first, past). Units: coins, units of items.
with cut as (
    select
        cast(? as bigint) as last_seq,
        cast(? as bigint) as first_id,
        cast(? as bigint) as past_id
),

newest as (
    select
        player_state.player_id,
        max(player_state.version) as version
    from player_state
    cross join cut
    where
        player_state.seq <= cut.last_seq
        and player_state.player_id >= cut.first_id
        and player_state.player_id < cut.past_id
    group by player_state.player_id
)

select distinct
    player_state.player_id,
    player_state.version,
    player_state.username,
    player_state.player_class,
    player_state.guild,
    player_state.gold,
    player_state.max_capacity,
    player_state.items
from player_state
inner join newest
    on
        player_state.player_id = newest.player_id
        and player_state.version = newest.version
order by player_state.player_id
