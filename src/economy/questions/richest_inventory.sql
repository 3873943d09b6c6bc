-- Which inventories were the richest at any time?
-- Grain: one row a player, at the first state in which it had its best; the first ten players.
-- Units: inventory_value in coins at base value, gold apart; gold in coins; reached_at is UTC.
with best as (
    select
        player_id,
        max(inventory_value) as inventory_value
    from best_inventory
    where measure = 'inventory_value'
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
        best_inventory.player_id,
        min_by(best_inventory.username, best_inventory.version) as username,
        min_by(best_inventory.player_class, best_inventory.version) as player_class,
        min_by(best_inventory.distinct_items, best_inventory.version) as distinct_items,
        min_by(best_inventory.used_capacity, best_inventory.version) as used_capacity,
        first_ten.inventory_value,
        min_by(best_inventory.gold, best_inventory.version) as gold,
        min(best_inventory.version) as version,
        min_by(best_inventory.reached_at, best_inventory.version) as reached_at
    from best_inventory
    inner join first_ten
        on
            best_inventory.player_id = first_ten.player_id
            and best_inventory.inventory_value = first_ten.inventory_value
    where best_inventory.measure = 'inventory_value'
    group by best_inventory.player_id, first_ten.inventory_value
)

select * from described
order by inventory_value desc, player_id asc
