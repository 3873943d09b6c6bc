-- Who asked for the most trades within a minute of each day.
-- Grain: one row a player and minute; the first twenty of each day.
-- Units: trades in which the player stands first, which is who asks, without starter grants;
-- refused are some of them; kinds counts their different kinds, partners the different players they
-- name; minute_start is UTC.
with minutes as (
    select
        player_1_id as player_id,
        date_trunc('minute', occurred_at) as minute_start
    from source_rows
    where kind != 'starter_grant'
),

totals as (
    select
        player_id,
        minute_start,
        count(*) as trades
    from minutes
    group by player_id, minute_start
),

ranked as (
    select
        cast(minute_start as date) as utc_day,
        player_id,
        minute_start,
        trades,
        row_number() over (
            partition by cast(minute_start as date)
            order by trades desc, minute_start asc, player_id asc
        ) as place
    from totals
),

-- What takes long to count is counted for those that are shown.
counted as (
    select
        ranked.utc_day,
        ranked.player_id,
        ranked.minute_start,
        ranked.trades,
        count(case when trades.status = 'rejected' then 1 end) as refused,
        count(distinct trades.kind) as kinds,
        count(distinct trades.player_2_id) as partners
    from source_rows as trades
    inner join ranked
        on
            trades.player_1_id = ranked.player_id
            and date_trunc('minute', trades.occurred_at) = ranked.minute_start
    where trades.kind != 'starter_grant' and ranked.place <= 20
    group by ranked.utc_day, ranked.player_id, ranked.minute_start, ranked.trades
)

select * from counted
