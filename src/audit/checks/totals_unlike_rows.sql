-- Which running totals are not what the landed rows say?
-- Grain: one row a day that is over and was the last of such a key.
-- Units: keys, for example pairs of players; false ones are those of which the rollup says what
-- nothing landed says, missing ones the reverse.
-- It is asked of one rollup after the other: the names of its two relations stand in the places of
-- each_so_far and each_since, its key and its total in those of each_key and each_total, its
-- source's name in that of each_source, its statement over all rows in that of rows_of_each_rollup.
with newest as (
    select max(cast(occurred_at as date)) as utc_day from each_source
),

told as (
    select
        utc_day,
        each_key,
        each_total as so_far,
        0 as since
    from each_so_far
    union all
    select
        utc_day,
        each_key,
        0 as so_far,
        each_total as since
    from each_since
),

kept as (
    select
        max(told.utc_day) as utc_day,
        told.each_key,
        cast(max(told.so_far) + sum(told.since) as bigint) as each_total
    from told
    inner join newest on told.utc_day < newest.utc_day
    group by told.each_key
),

made as (
    select
        max(said.utc_day) as utc_day,
        said.each_key,
        cast(sum(said.each_total) as bigint) as each_total
    from rows_of_each_rollup as said
    inner join newest on said.utc_day < newest.utc_day
    group by said.each_key
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
