-- Which days of a rollup are not what the landed rows say?
-- Grain: one row a day that is over and has such rows.
-- Units: rows; false ones are of the rollup and nothing landed says them, missing ones the reverse,
-- surplus ones are how many more the rollup has.
-- It is asked of one rollup after the other, whose name stands in the place of each_rollup, and its
-- source's in that of each_source; its statement over all rows in that of rows_of_each_rollup.
with newest as (
    select max(cast(occurred_at as date)) as utc_day from each_source
),

kept as (
    select each_rollup.*
    from each_rollup
    inner join newest on each_rollup.utc_day < newest.utc_day
),

made as (
    select said.*
    from rows_of_each_rollup as said
    inner join newest on said.utc_day < newest.utc_day
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

every_row as (
    select
        utc_day,
        1 as surplus
    from kept
    union all
    select
        utc_day,
        -1 as surplus
    from made
),

sizes as (
    select
        utc_day,
        sum(surplus) as surplus
    from every_row
    group by utc_day
    having sum(surplus) != 0
),

unlike as (
    select
        utc_day,
        1 as is_false,
        0 as is_missing,
        0 as surplus
    from false_rows
    union all
    select
        utc_day,
        0 as is_false,
        1 as is_missing,
        0 as surplus
    from missing_rows
    union all
    select
        utc_day,
        0 as is_false,
        0 as is_missing,
        surplus
    from sizes
),

counted as (
    select
        utc_day,
        sum(is_false) as false_rows,
        sum(is_missing) as missing_rows,
        sum(surplus) as surplus_rows
    from unlike
    group by utc_day
)

select * from counted
order by utc_day asc
