-- Every player as it is now: its state with the highest version.
-- Grain: one row a player.
-- Units: gold and inventory_value in coins at base value, capacities in units of items.
with newest as (
    select
        player_id,
        max(version) as version
    from player_state
    group by player_id
),

latest as (
    select
        player_state.player_id,
        player_state.version,
        player_state.seq,
        player_state.occurred_at,
        player_state.realm,
        player_state.cause_trade_id,
        player_state.username,
        player_state.player_class,
        player_state.guild,
        player_state.gold,
        player_state.max_capacity,
        player_state.used_capacity,
        player_state.distinct_items,
        player_state.inventory_value,
        player_state.items
    from player_state
    inner join newest
        on
            player_state.player_id = newest.player_id
            and player_state.version = newest.version
)

select * from latest
