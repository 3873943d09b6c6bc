-- Which is the highest id of a player?
-- Grain: one row.
select coalesce(max(player_state.player_id), 0) as player_id
from player_state
