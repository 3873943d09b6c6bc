-- How many trades of each kind were settled and refused?
-- Grain: one row a kind.
-- Units: trades; refused_share is a part of 1.
with trades as (
    select
        kind,
        status
    from trade
),

counted as (
    select
        kind,
        count(*) as trades,
        count(case when status = 'settled' then 1 end) as settled,
        count(case when status = 'rejected' then 1 end) as refused
    from trades
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
