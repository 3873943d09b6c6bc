-- None of some rows, with their columns.
select * from of_rows  -- noqa: ambiguous.column_count
where false
