-- What players gave each other as gifts, added up.
-- Grain: one row a giver and a receiver.
-- Units: gifts are settled trades in which the receiver gave nothing; gold and value in coins,
-- items at base value; flow_id is that of gift, and orders as giver_id and receiver_id do.
with flows as (
    select
        flow_id,
        sum(gifts) as gifts,
        sum(gold) as gold,
        sum(value) as value
    from gift_flow_day
    group by flow_id
),

described as (
    select
        flow_id,
        cast((flow_id - mod(flow_id, 4294967296)) / 4294967296 as bigint) as giver_id,
        mod(flow_id, 4294967296) as receiver_id,
        cast(gifts as bigint) as gifts,
        cast(gold as bigint) as gold,
        cast(value as bigint) as value
    from flows
)

select * from described
