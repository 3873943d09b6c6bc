-- When did trades happen, by kind?
-- Grain: one row a kind and slot of time with trades; a slot lasts a second, a minute, an hour or
-- a day, whichever gives some tens of slots for the whole time that was played.
-- Units: trades; slot_start is UTC.
with counted as (
    select
        slot_start,
        slot,
        kind,
        sum(trades) as trades,
        sum(case when status = 'settled' then trades else 0 end) as settled,
        sum(case when status = 'rejected' then trades else 0 end) as refused
    from slotted_total
    group by slot_start, slot, kind
)

select * from counted
order by slot_start asc, kind asc
