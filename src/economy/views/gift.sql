-- Settled trades between players in which one side gave nothing.
-- Grain: one row such a trade.
-- Units: value and gold in coins, items at base value; the gold is part of the value. flow_id is
-- one number for both, as pair_id of player_trade is, but with the giver's id in front.
with sides as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id,
        player_2_id,
        player_1_gold,
        player_2_gold,
        player_1_value,
        player_2_value,
        player_1_gold + player_1_units > 0 as player_1_gave,
        player_2_gold + player_2_units > 0 as player_2_gave
    from player_trade
),

gifts as (
    select
        trade_id,
        seq,
        occurred_at,
        case when player_1_gave then player_1_id else player_2_id end as giver_id,
        case when player_1_gave then player_2_id else player_1_id end as receiver_id,
        player_1_gold + player_2_gold as gold,
        player_1_value + player_2_value as value
    from sides
    where player_1_gave != player_2_gave
),

flows as (
    select
        trade_id,
        seq,
        occurred_at,
        giver_id,
        receiver_id,
        giver_id * 4294967296 + receiver_id as flow_id,
        gold,
        value
    from gifts
)

select * from flows
