-- Every state of every player's inventory, and how it ranks among that player's own.
-- Grain: one row a state of a player.
-- Units: ranks begin at 1, the earlier of equal states first; distinct_items counts different
-- items, used_capacity all units; gold and inventory_value in coins at base value.
with ranked as (
    select
        player_id,
        username,
        player_class,
        distinct_items,
        used_capacity,
        inventory_value,
        gold,
        version,
        seq,
        occurred_at as reached_at,
        row_number() over (
            partition by player_id order by distinct_items desc, version asc
        ) as rank_by_diversity,
        row_number() over (
            partition by player_id order by inventory_value desc, version asc
        ) as rank_by_value
    from player_state
)

select * from ranked
