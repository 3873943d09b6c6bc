-- How many trades of each kind were settled and refused?
-- Grain: one row a kind.
-- Units: trades; refused_share is a part of 1.
with counted as (
    select
        kind,
        sum(trades) as trades,
        sum(case when status = 'settled' then trades else 0 end) as settled,
        sum(case when status = 'rejected' then trades else 0 end) as refused
    from trade_minute
    group by kind
),

shared as (
    select
        kind,
        trades,
        settled,
        refused,
        round(cast(refused as double) / trades, 4) as refused_share
    from counted
)

select * from shared
order by trades desc, kind asc
