-- The days of a source, with how many rows each has, and from when to when (Presto).
select
    'each_name' as source_name,
    parts.occurred_at_day,
    parts.row_count,
    cast(parts.occurred_at.min as varchar) as first_at,
    cast(parts.occurred_at.max as varchar) as last_at
from each_partitions as parts
