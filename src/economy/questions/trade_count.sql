-- How many trades were asked for, settled and refused?
-- Grain: one row in all.
-- Units: trades; refused_share is a part of 1, null when there are no trades.
with trades as (
    select status from trade
),

counted as (
    select
        count(*) as trades,
        count(case when status = 'settled' then 1 end) as settled,
        count(case when status = 'rejected' then 1 end) as refused
    from trades
),

shared as (
    select
        trades,
        settled,
        refused,
        round(cast(refused as double) / nullif(trades, 0), 4) as refused_share
    from counted
)

select * from shared
