-- Which three players give to each other in a circle?
-- Grain: one row a circle: the first gives to the second, that to the third, that to the first; the
-- first twenty.
-- Units: value in coins at base value that went around, which is the least of the three flows;
-- gifts are their trades. Only the 2,000 largest flows of gifts are looked at, so that the search
-- stays small in a realm of any size.
with largest as (
    select
        giver_id,
        receiver_id,
        gifts,
        value
    from gift_flow
    order by value desc, flow_id asc
    limit 2000
),

circles as (
    select
        one.giver_id as player_1_id,
        two.giver_id as player_2_id,
        three.giver_id as player_3_id,
        least(one.value, two.value, three.value) as value,
        one.gifts + two.gifts + three.gifts as gifts
    from largest as one
    inner join largest as two on one.receiver_id = two.giver_id
    inner join largest as three
        on
            two.receiver_id = three.giver_id
            and one.giver_id = three.receiver_id
    where one.giver_id < two.giver_id and one.giver_id < three.giver_id
)

select * from circles
order by value desc, player_1_id asc, player_2_id asc, player_3_id asc
limit 20
