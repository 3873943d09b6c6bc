-- Every trade, settled or refused, with the slot of time that it falls in.
-- Grain: one row a trade.
-- Units: a slot lasts a second, a minute, an hour or a day, whichever gives some tens of slots for
-- the whole time that was played; slot_start is UTC.
with played as (
    select
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from trade
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
        trade.trade_id,
        trade.seq,
        trade.occurred_at,
        trade.kind,
        trade.status,
        trade.player_1_id,
        trade.player_2_id,
        slots.slot,
        case slots.slot
            when 'second' then date_trunc('second', trade.occurred_at)
            when 'minute' then date_trunc('minute', trade.occurred_at)
            when 'hour' then date_trunc('hour', trade.occurred_at)
            else date_trunc('day', trade.occurred_at)
        end as slot_start
    from trade
    cross join slots
)

select * from placed
