-- Which inventories were the most diverse at any time?
-- Grain: one row a player, at the first state in which it had its best; the first ten players.
-- Units: distinct_items counts different items, used_capacity all units; reached_at is UTC.
with best as (
    select
        player_id,
        max(distinct_items) as distinct_items
    from best_inventory
    where measure = 'distinct_items'
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
        best_inventory.player_id,
        min_by(best_inventory.username, best_inventory.version) as username,
        min_by(best_inventory.player_class, best_inventory.version) as player_class,
        first_ten.distinct_items,
        min_by(best_inventory.used_capacity, best_inventory.version) as used_capacity,
        min_by(best_inventory.inventory_value, best_inventory.version) as inventory_value,
        min_by(best_inventory.gold, best_inventory.version) as gold,
        min(best_inventory.version) as version,
        min_by(best_inventory.reached_at, best_inventory.version) as reached_at
    from best_inventory
    inner join first_ten
        on
            best_inventory.player_id = first_ten.player_id
            and best_inventory.distinct_items = first_ten.distinct_items
    where best_inventory.measure = 'distinct_items'
    group by best_inventory.player_id, first_ten.distinct_items
)

select * from described
order by distinct_items desc, player_id asc
