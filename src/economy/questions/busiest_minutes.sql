-- Who asks for more trades in a minute than a person can?
-- Grain: one row a player and minute; the first twenty.
-- Units: trades in which the player stands first, which is who asks; kinds counts their different
-- kinds, partners the different players they name; minute_start is UTC.
with asked as (
    select
        player_1_id as player_id,
        player_2_id,
        kind,
        status,
        date_trunc('minute', occurred_at) as minute_start
    from trade
    where kind != 'starter_grant'
),

busiest as (
    select
        player_id,
        minute_start,
        count(*) as trades
    from asked
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
        count(case when asked.status = 'rejected' then 1 end) as refused,
        count(distinct asked.kind) as kinds,
        count(distinct asked.player_2_id) as partners
    from busiest
    inner join asked
        on
            busiest.player_id = asked.player_id
            and busiest.minute_start = asked.minute_start
    group by busiest.player_id, busiest.minute_start, busiest.trades
)

select * from counted
order by trades desc, minute_start asc, player_id asc
