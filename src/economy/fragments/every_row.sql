-- All rows of a table at a snapshot.
select * from each_table  -- noqa: ambiguous.column_count
