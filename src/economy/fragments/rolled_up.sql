-- A rollup: the days that hold, from its table, and what its statement makes of all other rows.
select * from days_that_hold  -- noqa: ambiguous.column_count
union all
select * from of_other_rows
