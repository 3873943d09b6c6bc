-- How many records are in quarantine, by topic and reason?
-- Grain: one row a topic and reason. Unit: records, those that were replayed too.
select
    quarantine.topic,
    quarantine.reason,
    count(*) as records
from quarantine
group by quarantine.topic, quarantine.reason
order by quarantine.topic, quarantine.reason
