-- Which inventories were the richest at any time?
-- Grain: one row a player, at the first state in which it had its best; the first ten players.
-- Units: inventory_value in coins at base value, gold apart; gold in coins; reached_at is UTC.
with best as (
    select
        player_id,
        max(inventory_value) as inventory_value
    from player_state
    group by player_id
),

first_ten as (
    select
        player_id,
        inventory_value
    from best
    order by inventory_value desc, player_id asc
    limit 10
),

described as (
    select
        player_state.player_id,
        min_by(player_state.username, player_state.version) as username,
        min_by(player_state.player_class, player_state.version) as player_class,
        min_by(player_state.distinct_items, player_state.version) as distinct_items,
        min_by(player_state.used_capacity, player_state.version) as used_capacity,
        first_ten.inventory_value,
        min_by(player_state.gold, player_state.version) as gold,
        min(player_state.version) as version,
        min_by(player_state.occurred_at, player_state.version) as reached_at
    from player_state
    inner join first_ten
        on
            player_state.player_id = first_ten.player_id
            and player_state.inventory_value = first_ten.inventory_value
    group by player_state.player_id, first_ten.inventory_value
)

select * from described
order by inventory_value desc, player_id asc
