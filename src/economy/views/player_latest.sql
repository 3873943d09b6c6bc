-- Every player as it is now: its state with the highest version.
-- Grain: one row a player.
-- Units: gold and inventory_value in coins at base value, capacities in units of items.
-- One pass, and only over the columns that are asked for. An engine may pass over a null when it
-- looks for the newest value, so a state without a guild says so by ''.
with latest as (
    select
        player_id,
        max(version) as version,
        max_by(seq, version) as seq,
        max_by(occurred_at, version) as occurred_at,
        max_by(realm, version) as realm,
        max_by(cause_trade_id, version) as cause_trade_id,
        max_by(username, version) as username,
        max_by(player_class, version) as player_class,
        nullif(max_by(coalesce(guild, ''), version), '') as guild,
        max_by(gold, version) as gold,
        max_by(max_capacity, version) as max_capacity,
        max_by(used_capacity, version) as used_capacity,
        max_by(distinct_items, version) as distinct_items,
        max_by(inventory_value, version) as inventory_value,
        max_by(items, version) as items
    from player_recent_state
    group by player_id
)

select * from latest
