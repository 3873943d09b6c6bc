-- Some days of a rollup's table.
select * from each_table  -- noqa: ambiguous.column_count
where utc_day in (each_day)
