-- When each player first settled a trade of each kind.
-- Grain: one row a player and kind: the trade with the lowest seq. A player trade is of both
-- players.
-- Units: occurred_at is UTC.
-- Most of it is kept as a table, and only what landed since is looked at anew.
with known as (
    select
        player_id,
        kind,
        seq,
        occurred_at
    from first_trade_materialized
    union all
    select
        player_1_id as player_id,
        kind,
        seq,
        occurred_at
    from trade_since
    where status = 'settled'
    union all
    select
        player_2_id as player_id,
        kind,
        seq,
        occurred_at
    from trade_since
    where status = 'settled' and kind = 'player_trade' and player_2_id is not null
),

firsts as (
    select
        player_id,
        kind,
        min(seq) as seq,
        min_by(occurred_at, seq) as occurred_at
    from known
    group by player_id, kind
)

select * from firsts
