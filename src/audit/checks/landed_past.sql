-- Which events past one have landed?
-- Grain: one row an event.
with cut as (
    select cast(? as bigint) as after_seq
),

landed as (
    select trade.seq from trade
    union
    select player_state.seq from player_state
)

select landed.seq
from landed
cross join cut
where landed.seq > cut.after_seq
order by landed.seq
