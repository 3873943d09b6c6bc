-- Which inventories were the richest at any time?
-- Grain: one row a player, at the first state in which it had its best; the first ten players.
-- Units: inventory_value in coins at base value, gold apart; gold in coins; reached_at is UTC.
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
    where rank_by_value = 1
),

first_ten as (
    select * from best
    order by inventory_value desc, player_id asc
    limit 10
)

select * from first_ten
order by inventory_value desc, player_id asc
