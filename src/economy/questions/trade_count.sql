-- How many trades were asked for, settled and refused?
-- Grain: one row in all.
-- Units: trades; refused_share is a part of 1, null when there are no trades.
with counted as (
    select
        coalesce(sum(trades), 0) as trades,
        coalesce(sum(case when status = 'settled' then trades end), 0) as settled,
        coalesce(sum(case when status = 'rejected' then trades end), 0) as refused
    from trade_minute
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
