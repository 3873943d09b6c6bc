-- With which event did each player begin?
-- Grain: one row a player with an id in [first, past).
with cut as (
    select
        cast(? as bigint) as first_id,
        cast(? as bigint) as past_id
)

select
    player_state.player_id,
    min(player_state.seq) as seq
from player_state
cross join cut
where
    player_state.player_id >= cut.first_id
    and player_state.player_id < cut.past_id
group by player_state.player_id
order by player_state.player_id
