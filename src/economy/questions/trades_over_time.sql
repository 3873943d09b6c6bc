-- When did trades happen, by kind?
-- Grain: one row a kind and slot of time with trades; a slot lasts a second, a minute, an hour or
-- a day, whichever gives some tens of slots for the whole time that was played.
-- Units: trades; slot_start is UTC.
with trades as (
    select
        kind,
        status,
        occurred_at
    from trade
),

played as (
    select
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from trades
),

slots as (
    select
        case
            when last_at < first_at + interval '3' minute then 'second'
            when last_at < first_at + interval '3' hour then 'minute'
            when last_at < first_at + interval '7' day then 'hour'
            else 'day'
        end as slot
    from played
),

placed as (
    select
        slots.slot,
        trades.kind,
        trades.status,
        case slots.slot
            when 'second' then date_trunc('second', trades.occurred_at)
            when 'minute' then date_trunc('minute', trades.occurred_at)
            when 'hour' then date_trunc('hour', trades.occurred_at)
            else date_trunc('day', trades.occurred_at)
        end as slot_start
    from trades
    cross join slots
),

counted as (
    select
        slot_start,
        slot,
        kind,
        count(*) as trades,
        count(case when status = 'settled' then 1 end) as settled,
        count(case when status = 'rejected' then 1 end) as refused
    from placed
    group by slot_start, slot, kind
)

select * from counted
order by slot_start asc, kind asc
