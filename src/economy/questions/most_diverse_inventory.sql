-- Which inventories were the most diverse at any time?
-- Grain: one row a player, at the first state in which it had its best; the first ten players.
-- Units: distinct_items counts different items, used_capacity all units; reached_at is UTC.
with best as (
    select
        player_id,
        max(distinct_items) as distinct_items
    from player_state
    group by player_id
),

first_ten as (
    select
        player_id,
        distinct_items
    from best
    order by distinct_items desc, player_id asc
    limit 10
),

reached as (
    select
        first_ten.player_id,
        min(player_state.version) as version
    from first_ten
    inner join player_state
        on
            first_ten.player_id = player_state.player_id
            and first_ten.distinct_items = player_state.distinct_items
    group by first_ten.player_id
),

described as (
    select
        player_state.player_id,
        player_state.username,
        player_state.player_class,
        player_state.distinct_items,
        player_state.used_capacity,
        player_state.inventory_value,
        player_state.gold,
        player_state.version,
        player_state.occurred_at as reached_at
    from reached
    inner join player_state
        on
            reached.player_id = player_state.player_id
            and reached.version = player_state.version
)

select * from described
order by distinct_items desc, player_id asc
