-- Pairs of players that traded with each other more than once.
-- Grain: one row a pair with two settled player trades or more.
-- Units: low_id and high_id are the ids of both players; trades are settled player trades.
with pairs as (
    select
        pair_id,
        count(*) as trades
    from player_trade
    group by pair_id
    having count(*) >= 2
),

described as (
    select
        cast((pair_id - mod(pair_id, 4294967296)) / 4294967296 as bigint) as low_id,
        mod(pair_id, 4294967296) as high_id,
        trades
    from pairs
)

select * from described
