-- How many player states there were in each minute.
-- Grain: one row a minute with states.
-- Units: states; minute_start is UTC.
with totals as (
    select
        date_trunc('minute', occurred_at) as minute_start,
        count(*) as states
    from source_rows
    group by date_trunc('minute', occurred_at)
),

days as (
    select
        cast(minute_start as date) as utc_day,
        minute_start,
        states
    from totals
)

select * from days
