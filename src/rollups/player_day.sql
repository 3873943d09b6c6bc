-- In how many trades each player was named on each day.
-- Grain: one row a day and player that a trade named.
-- Units: trades: named by any, refused by rejected ones, settled by settled ones, player_trades by
-- settled ones between players, asked by settled ones in which the player stands first, arrivals by
-- starter grants. Who is refused for trading with itself is named once.
with sides as (
    select true as is_first
    union all
    select false as is_first
),

named as (
    select
        cast(trades.occurred_at as date) as utc_day,
        trades.kind,
        trades.status,
        sides.is_first,
        case when sides.is_first then trades.player_1_id else trades.player_2_id end as player_id
    from source_rows as trades
    cross join sides
    where sides.is_first or trades.player_1_id != trades.player_2_id
),

counted as (
    select
        utc_day,
        player_id,
        count(*) as named,
        count(case when status = 'rejected' then 1 end) as refused,
        count(case when status = 'settled' then 1 end) as settled,
        count(case when status = 'settled' and kind = 'player_trade' then 1 end) as player_trades,
        count(case when is_first and status = 'settled' then 1 end) as asked,
        count(case when is_first and status = 'settled' and kind = 'starter_grant' then 1 end)
            as arrivals
    from named
    group by utc_day, player_id
)

select * from counted
