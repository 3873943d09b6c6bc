-- The rows of a table that are of other days.
select * from each_table  -- noqa: ambiguous.column_count
where is_of_other_days
