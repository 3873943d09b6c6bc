-- How unequal are trades between players, from even to extreme?
-- Grain: one row a band of the difference between what the two sides gave; bands rise tenfold.
-- Units: bands and differences in coins at base value; one_sided counts gifts, where one side gave
-- nothing; share is a part of 1, of all settled player trades.
with counted as (
    select
        digits,
        sum(trades) as trades,
        sum(one_sided) as one_sided,
        sum(difference) as difference
    from imbalance_day
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
