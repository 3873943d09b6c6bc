-- Which days of a rollup are not what the landed rows say?
-- Grain: one row a day that was rolled up and has such rows.
-- Units: rows; false ones are of the rollup and nothing landed says them, missing ones the reverse.
-- It is asked of one rollup after the other, whose name stands in the place of each_rollup, and its
-- statement over all rows in that of rows_of_each_rollup.
with days as (
    select distinct utc_day from each_rollup_rollup
),

kept as (
    select each_rollup.*
    from each_rollup
    inner join days on each_rollup.utc_day = days.utc_day
),

made as (
    select said.*
    from rows_of_each_rollup as said
    inner join days on said.utc_day = days.utc_day
),

false_rows as (
    select * from kept
    except
    select * from made
),

missing_rows as (
    select * from made
    except
    select * from kept
),

unlike as (
    select
        utc_day,
        1 as is_false,
        0 as is_missing
    from false_rows
    union all
    select
        utc_day,
        0 as is_false,
        1 as is_missing
    from missing_rows
),

counted as (
    select
        utc_day,
        sum(is_false) as false_rows,
        sum(is_missing) as missing_rows
    from unlike
    group by utc_day
)

select * from counted
order by utc_day asc
