-- Trades that a materialized view may not have yet: for who asks Presto itself, all of them.
-- Grain: one row a trade.
-- Units: those of trade.
-- Presto 0.287 cannot ask for files by what they came after; all rows are as exact. A question of
-- Guildhall's gets those of the days that changed since (src/economy/presto_rollups.py).
select
    seq,
    occurred_at,
    kind,
    status,
    player_1_id,
    player_2_id
from trade
