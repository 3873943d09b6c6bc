-- Who gives to whom, and asks nothing back?
-- Grain: one row a giver and a receiver; the first twenty by value.
-- Units: gifts are settled trades in which the receiver gave nothing; value and gold in coins,
-- items at base value; returned is what the receiver gave back as gifts, at base value.
with flows as (
    select
        giver_id,
        receiver_id,
        count(*) as gifts,
        sum(gold) as gold,
        sum(value) as value
    from gift
    group by giver_id, receiver_id
),

pairs as (
    select
        flows.giver_id,
        flows.receiver_id,
        flows.gifts,
        flows.gold,
        flows.value,
        coalesce(back.value, 0) as returned
    from flows
    left join flows as back
        on
            flows.giver_id = back.receiver_id
            and flows.receiver_id = back.giver_id
)

select * from pairs
order by value desc, giver_id asc, receiver_id asc
limit 20
