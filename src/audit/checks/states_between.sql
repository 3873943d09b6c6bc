-- Which states were written after one event and up to another?
-- Grain: one row a state. Units: coins, units of items.
with cut as (
    select
        cast(? as bigint) as after_seq,
        cast(? as bigint) as last_seq
)

select
    player_state.player_id,
    player_state.version,
    player_state.username,
    player_state.player_class,
    player_state.guild,
    player_state.gold,
    player_state.max_capacity,
    player_state.items
from player_state
cross join cut
where player_state.seq > cut.after_seq and player_state.seq <= cut.last_seq
order by player_state.player_id, player_state.version
