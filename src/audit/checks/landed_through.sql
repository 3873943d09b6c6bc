-- Up to which event have all landed, and which is the last one that has?
-- Grain: one row.
with landed as (
    select trade.seq from trade
    union
    select player_state.seq from player_state
),

numbered as (
    select
        landed.seq,
        row_number() over (order by landed.seq) as place
    from landed
)

-- Past the first gap every number is higher than its place.
select
    coalesce(max(case when numbered.seq = numbered.place then numbered.seq end), 0) as through,
    coalesce(max(numbered.seq), 0) as last_seq
from numbered
