-- Who asks for more trades in a minute than a person can?
-- Grain: one row a player and minute; the first twenty.
-- Units: trades in which the player stands first, which is who asks; kinds counts their different
-- kinds, partners the different players they name; minute_start is UTC.
with minutes as (
    select
        player_1_id as player_id,
        date_trunc('minute', occurred_at) as minute_start
    from trade
    where kind != 'starter_grant'
),

busiest as (
    select
        player_id,
        minute_start,
        count(*) as trades
    from minutes
    group by player_id, minute_start
    order by trades desc, minute_start asc, player_id asc
    limit 20
),

-- What takes long to count is counted for those that are shown.
counted as (
    select
        busiest.player_id,
        busiest.minute_start,
        busiest.trades,
        count(case when trade.status = 'rejected' then 1 end) as refused,
        count(distinct trade.kind) as kinds,
        count(distinct trade.player_2_id) as partners
    from trade
    inner join busiest
        on
            trade.player_1_id = busiest.player_id
            and date_trunc('minute', trade.occurred_at) = busiest.minute_start
    where trade.kind != 'starter_grant'
    group by busiest.player_id, busiest.minute_start, busiest.trades
)

select * from counted
order by trades desc, minute_start asc, player_id asc
