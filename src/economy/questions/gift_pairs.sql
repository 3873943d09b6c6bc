-- Who gives to whom, and asks nothing back?
-- Grain: one row a giver and a receiver; the first twenty by value.
-- Units: gifts are settled trades in which the receiver gave nothing; value and gold in coins,
-- items at base value; returned is what the receiver gave back as gifts, at base value.
with sides as (
    select true as gives
    union all
    select false as gives
),

-- Each flow is one of the pair as it was, and what came back to the pair the other way round.
both_ways as (
    select
        case when sides.gives then gift_flow.giver_id else gift_flow.receiver_id end as giver_id,
        case when sides.gives then gift_flow.receiver_id else gift_flow.giver_id end as receiver_id,
        sides.gives,
        gift_flow.gifts,
        gift_flow.gold,
        gift_flow.value
    from gift_flow
    cross join sides
),

pairs as (
    select
        giver_id,
        receiver_id,
        sum(case when gives then gifts else 0 end) as gifts,
        sum(case when gives then gold else 0 end) as gold,
        sum(case when gives then value else 0 end) as value,
        sum(case when gives then 0 else value end) as returned
    from both_ways
    group by giver_id, receiver_id
    having count(case when gives then 1 end) > 0
)

select * from pairs
order by value desc, giver_id asc, receiver_id asc
limit 20
