-- Which records are in quarantine, from a place on?
-- Grain: one row a record. A place is a topic, a partition and an offset; filters that are null
-- let everything through.
with asked as (
    select
        cast(? as varchar) as topic,
        cast(? as varchar) as reason,
        cast(? as varchar) as after_topic,
        cast(? as bigint) as after_partition,
        cast(? as bigint) as after_offset
)

select
    quarantine.topic,
    quarantine.partition,
    quarantine."offset",
    quarantine.received_at,
    quarantine.reason,
    quarantine.raw_value
from quarantine
cross join asked
where
    (asked.topic is null or quarantine.topic = asked.topic)
    and (
        asked.reason is null
        or quarantine.reason = asked.reason
        or strpos(quarantine.reason, concat(asked.reason, ':')) = 1
    )
    and (
        asked.after_topic is null
        or quarantine.topic > asked.after_topic
        or (
            quarantine.topic = asked.after_topic
            and (
                quarantine.partition > asked.after_partition
                or (
                    quarantine.partition = asked.after_partition
                    and quarantine."offset" > asked.after_offset
                )
            )
        )
    )
order by quarantine.topic, quarantine.partition, quarantine."offset"
limit 100
