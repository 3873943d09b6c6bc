-- How many trades were settled: one row.
select count(*) as settled
from trade
where status = 'settled'
