-- How long a slot of time lasts in questions about when something happened.
-- Grain: one row in all.
-- Units: a slot lasts a second, a minute, an hour or a day, whichever gives some tens of slots for
-- the whole time that was played.
with slots as (
    select
        case
            when last_at < first_at + interval '3' minute then 'second'
            when last_at < first_at + interval '3' hour then 'minute'
            when last_at < first_at + interval '7' day then 'hour'
            else 'day'
        end as slot
    from played
)

select * from slots
