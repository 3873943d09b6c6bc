-- How many events up to the cut have landed?
-- Grain: one row.
with cut as (
    select cast(? as bigint) as last_seq
),

landed as (
    select trade.seq from trade
    union all
    select player_state.seq from player_state
)

select count(distinct landed.seq) as events
from landed
cross join cut
where landed.seq <= cut.last_seq
