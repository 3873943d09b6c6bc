-- Which tables have rows of a day that is over? Only of those can a rollup have rows to compare.
-- Grain: one row a table that rollups are made of.
with bounds as (
    select
        'player_state' as source_name,
        min(occurred_at) as first_at,
        max(occurred_at) as newest_at
    from player_state
    union all
    select
        'trade' as source_name,
        min(occurred_at) as first_at,
        max(occurred_at) as newest_at
    from trade
    union all
    select
        'trade_leg' as source_name,
        min(occurred_at) as first_at,
        max(occurred_at) as newest_at
    from trade_leg
)

select source_name
from bounds
where cast(first_at as date) < cast(newest_at as date)
order by source_name asc
