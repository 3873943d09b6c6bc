-- States among which the newest one of each player is.
-- Grain: one row a state, or two of the same; far fewer than all states.
-- Units: gold and inventory_value in coins at base value, capacities in units of items.
-- Those that were the newest when maintenance last looked, and all that landed since.
with recent as (
    select
        player_id,
        version,
        seq,
        occurred_at,
        realm,
        cause_trade_id,
        username,
        player_class,
        guild,
        gold,
        max_capacity,
        used_capacity,
        distinct_items,
        inventory_value,
        items
    from player_latest_materialized
    union all
    select
        player_id,
        version,
        seq,
        occurred_at,
        realm,
        cause_trade_id,
        username,
        player_class,
        guild,
        gold,
        max_capacity,
        used_capacity,
        distinct_items,
        inventory_value,
        items
    from player_state_since
)

select * from recent
