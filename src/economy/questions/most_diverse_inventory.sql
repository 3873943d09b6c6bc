-- Which inventories were the most diverse at any time?
-- Grain: one row a player, at the first state in which it had its best; the first ten players.
-- Units: distinct_items counts different items, used_capacity all units; reached_at is UTC.
with best as (
    select
        player_id,
        username,
        player_class,
        distinct_items,
        used_capacity,
        inventory_value,
        gold,
        version,
        reached_at
    from player_best
    where rank_by_diversity = 1
),

first_ten as (
    select * from best
    order by distinct_items desc, player_id asc
    limit 10
)

select * from first_ten
order by distinct_items desc, player_id asc
