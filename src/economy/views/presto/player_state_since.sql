-- States that a materialized view may not have yet: for who asks Presto itself, all of them.
-- Grain: one row a state.
-- Units: those of player_state.
-- Presto 0.287 cannot ask for files by what they came after; all rows are as exact. A question of
-- Guildhall's gets those of the days that changed since (src/economy/presto_rollups.py).
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
from player_state
