-- What the newest change of a table told that it was made of (Presto).
select
    'each_name' as made_name,
    snapshot_id,
    element_at(summary, 'each_property') as told
from each_snapshots
where operation != 'replace'
order by committed_at desc
limit 1
