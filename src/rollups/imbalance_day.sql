-- How unequal trades between players were on each day, by how many digits the difference has.
-- Grain: one row a day and number of digits of the difference between what the two sides gave; 0
-- where they gave the same.
-- Units: settled player trades, one_sided those in which one side gave nothing of value; difference
-- in coins at base value, of all of them.
with compared as (
    select
        cast(occurred_at as date) as utc_day,
        abs(player_1_value - partner_value) as difference,
        least(player_1_value, partner_value) as smaller
    from source_rows
    where kind = 'player_trade' and status = 'settled'
),

banded as (
    select
        utc_day,
        difference,
        smaller,
        case when difference = 0 then 0 else length(cast(difference as varchar(19))) end as digits
    from compared
),

counted as (
    select
        utc_day,
        digits,
        count(*) as trades,
        count(case when smaller = 0 then 1 end) as one_sided,
        sum(difference) as difference
    from banded
    group by utc_day, digits
)

select * from counted
