-- Pairs of players that traded with each other more than once.
-- Grain: one row a pair with two settled player trades or more.
-- Units: pair_id is that of player_trade; low_id and high_id are the ids of both players; trades
-- are settled player trades.
with newer as (
    select
        pair_id,
        sum(trades) as trades
    from pair_total_since
    group by pair_id
),

-- A total only ever grows: the largest is the newest.
earlier as (
    select
        pair_total_so_far.pair_id,
        max(pair_total_so_far.trades) as trades
    from pair_total_so_far
    where
        pair_total_so_far.trades >= 2
        or pair_total_so_far.pair_id in (select newer.pair_id from newer)
    group by pair_total_so_far.pair_id
),

both_times as (
    select * from newer
    union all
    select * from earlier
),

pairs as (
    select
        pair_id,
        cast(sum(trades) as bigint) as trades
    from both_times
    group by pair_id
    having sum(trades) >= 2
),

described as (
    select
        pair_id,
        cast((pair_id - mod(pair_id, 4294967296)) / 4294967296 as bigint) as low_id,
        mod(pair_id, 4294967296) as high_id,
        trades
    from pairs
)

select * from described
