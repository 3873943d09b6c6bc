-- Which record was read at this place?
-- Grain: one row, or none when that record is not in quarantine.
select
    quarantine.topic,
    quarantine.partition,
    quarantine."offset",
    quarantine.received_at,
    quarantine.reason,
    quarantine.raw_value
from quarantine
where
    quarantine.topic = ?
    and quarantine.partition = ?
    and quarantine."offset" = ?
