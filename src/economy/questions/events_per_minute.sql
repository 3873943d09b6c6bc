-- How many events are there in each minute?
-- Grain: one row a minute with events.
-- Units: events; trades are settled or refused, states are player states; per_second is the mean
-- over the minute; minute_start is UTC.
with trades as (
    select
        minute_start,
        trades,
        0 as states
    from trade_minute
),

states as (
    select
        minute_start,
        0 as trades,
        states
    from state_minute
),

both_topics as (
    select * from trades
    union all
    select * from states
),

counted as (
    select
        minute_start,
        sum(trades) as trades,
        sum(states) as states,
        sum(trades + states) as events
    from both_topics
    group by minute_start
),

described as (
    select
        minute_start,
        trades,
        states,
        events,
        round(cast(events as double) / 60, 2) as per_second
    from counted
)

select * from described
order by minute_start asc
