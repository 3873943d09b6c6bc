-- How unequal are trades between players, from even to extreme?
-- Grain: one row a band of the difference between what the two sides gave; bands rise tenfold.
-- Units: bands and differences in coins at base value; one_sided counts gifts, where one side gave
-- nothing; share is a part of 1, of all settled player trades.
with trades as (
    select
        abs(player_1_value - player_2_value) as difference,
        least(player_1_value, player_2_value) as smaller
    from player_trade
),

banded as (
    select
        difference,
        smaller,
        case when difference = 0 then 0 else length(cast(difference as varchar)) end as digits
    from trades
),

counted as (
    select
        digits,
        count(*) as trades,
        count(case when smaller = 0 then 1 end) as one_sided,
        sum(difference) as difference
    from banded
    group by digits
),

described as (
    select
        case when digits = 0 then 0 else cast(power(10, digits - 1) as bigint) end as band_from,
        case
            when digits = 0 then 0
            when digits < 19 then cast(power(10, digits) as bigint) - 1
            else 9223372036854775807
        end as band_to,
        trades,
        one_sided,
        difference,
        round(cast(trades as double) / sum(trades) over (), 4) as share
    from counted
)

select * from described
order by band_from asc
