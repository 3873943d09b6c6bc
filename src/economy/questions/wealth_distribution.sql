-- How is wealth spread over the players?
-- Grain: one row a band of wealth; bands rise tenfold.
-- Units: wealth is gold and inventory in coins at base value, now; shares are parts of 1, of all
-- players and of all wealth.
with players as (
    select gold + inventory_value as wealth
    from player_latest
),

banded as (
    select
        wealth,
        case when wealth = 0 then 0 else length(cast(wealth as varchar)) end as digits
    from players
),

counted as (
    select
        digits,
        count(*) as players,
        sum(wealth) as wealth
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
        players,
        wealth,
        round(cast(players as double) / sum(players) over (), 4) as share_of_players,
        round(cast(wealth as double) / nullif(sum(wealth) over (), 0), 4) as share_of_wealth
    from counted
)

select * from described
order by band_from asc
