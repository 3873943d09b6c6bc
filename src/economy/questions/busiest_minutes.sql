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

counted as (
    select
        player_id,
        minute_start,
        count(*) as trades,
        count(case when status = 'rejected' then 1 end) as refused,
        count(distinct kind) as kinds,
        count(distinct player_2_id) as partners
    from asked
    group by player_id, minute_start
)

select * from counted
order by trades desc, minute_start asc, player_id asc
limit 20
