-- Who asks for more trades in a minute than a person can?
-- Grain: one row a player and minute; the first twenty.
-- Units: trades in which the player stands first, which is who asks; kinds counts their different
-- kinds, partners the different players they name; minute_start is UTC.
with busiest as (
    select
        player_id,
        minute_start,
        trades,
        refused,
        kinds,
        partners
    from busiest_player_minute
    order by trades desc, minute_start asc, player_id asc
    limit 20
)

select * from busiest
order by trades desc, minute_start asc, player_id asc
