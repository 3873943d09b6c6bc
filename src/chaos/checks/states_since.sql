-- Which player states landed since an event, and how often?
-- Grain: one row a player, version and amount of gold. Units: coins.
with cut as (
    select
        cast(? as bigint) as first_seq,
        cast(? as bigint) as last_seq
)

select
    player_state.player_id,
    player_state.version,
    player_state.gold,
    count(*) as times
from player_state
cross join cut
where
    player_state.seq > cut.first_seq
    and player_state.seq <= cut.last_seq
group by
    player_state.player_id,
    player_state.version,
    player_state.gold
order by
    player_state.player_id,
    player_state.version
