-- Which landing into each topic's table was the last?
-- Grain: one row a topic that has landed anything; snapshots of maintenance land nothing.
-- Units: committed_at in seconds since 1970, UTC; newest_occurred_at as text, UTC.
-- Presto names a table of snapshots with a `$`: the exceptions are for that.
with landings as (
    select
        'trade' as topic,
        element_at(summary, 'guildhall.newest_occurred_at.trade') as newest_occurred_at,
        to_unixtime(committed_at) as committed_at
    from "trade$snapshots" -- noqa: RF05,RF06
    union all
    select
        'player_state' as topic,
        element_at(summary, 'guildhall.newest_occurred_at.player_state') as newest_occurred_at,
        to_unixtime(committed_at) as committed_at
    from "player_state$snapshots" -- noqa: RF05,RF06
),

newest as (
    select
        topic,
        max_by(newest_occurred_at, committed_at) as newest_occurred_at,
        max(committed_at) as committed_at
    from landings
    where newest_occurred_at is not null
    group by topic
)

select * from newest
