-- All rows of a table, as it is or at a snapshot.
select * from each_table  -- noqa: ambiguous.column_count
