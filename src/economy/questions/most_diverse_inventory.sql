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

described as (
    select
        player_state.player_id,
        min_by(player_state.username, player_state.version) as username,
        min_by(player_state.player_class, player_state.version) as player_class,
        first_ten.distinct_items,
        min_by(player_state.used_capacity, player_state.version) as used_capacity,
        min_by(player_state.inventory_value, player_state.version) as inventory_value,
        min_by(player_state.gold, player_state.version) as gold,
        min(player_state.version) as version,
        min_by(player_state.occurred_at, player_state.version) as reached_at
    from player_state
    inner join first_ten
        on
            player_state.player_id = first_ten.player_id
            and player_state.distinct_items = first_ten.distinct_items
    group by player_state.player_id, first_ten.distinct_items
)

select * from described
order by distinct_items desc, player_id asc
