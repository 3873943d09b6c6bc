-- What players gave each other as gifts on each day, added up.
-- Grain: one row a day, giver and receiver.
-- Units: gifts are settled player trades in which the receiver gave nothing; gold and value in
-- coins, items at base value; the gold is part of the value. flow_id is one number for both
-- players, the giver's id times 2^32 plus the receiver's, as pair_id of player_trade is.
with sides as (
    select
        cast(occurred_at as date) as utc_day,
        player_1_id,
        player_2_id,
        player_1_gold + player_1_units > 0 as player_1_gave,
        partner_gold + partner_units > 0 as player_2_gave,
        player_1_gold + partner_gold as gold,
        player_1_value + partner_value as value
    from source_rows
    where kind = 'player_trade' and status = 'settled'
),

gifts as (
    select
        utc_day,
        case when player_1_gave then player_1_id else player_2_id end * 4294967296
        + case when player_1_gave then player_2_id else player_1_id end as flow_id,
        gold,
        value
    from sides
    where player_1_gave != player_2_gave
)

select
    utc_day,
    flow_id,
    count(*) as gifts,
    sum(gold) as gold,
    sum(value) as value
from gifts
group by utc_day, flow_id
