-- How did trades end, and why were those refused that were?
-- Grain: one row a status and reason; settled trades have no reason.
-- Units: trades; share is a part of 1, of all trades.
with trades as (
    select
        status,
        reason
    from trade
),

counted as (
    select
        status,
        reason,
        count(*) as trades
    from trades
    group by status, reason
),

shared as (
    select
        status,
        reason,
        trades,
        round(cast(trades as double) / sum(trades) over (), 4) as share
    from counted
)

select * from shared
order by trades desc, status asc, reason asc
