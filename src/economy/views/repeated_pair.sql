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

-- Presto holds the right side of a join in memory.
with_earlier as (
    select
        newer.pair_id,
        newer.trades + coalesce(max(pair_total_so_far.trades), 0) as trades
    from pair_total_so_far
    right join newer  -- noqa: convention.left_join
        on pair_total_so_far.pair_id = newer.pair_id
    group by newer.pair_id, newer.trades
),

often as (
    select
        pair_id,
        trades
    from with_earlier
    where trades >= 2
    union all
    select
        pair_id,
        trades
    from pair_total_so_far
    where trades >= 2
),

-- A total only ever grows: the largest is the newest.
pairs as (
    select
        pair_id,
        cast(max(trades) as bigint) as trades
    from often
    group by pair_id
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
