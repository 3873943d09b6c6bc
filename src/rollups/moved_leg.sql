-- Which items went between which two players on each day.
-- Grain: one row a leg of a settled player trade that moved an item.
-- Units: units of the item, that went from the player with the lower id when is_forth; unit_value
-- in coins, at base value; seq is the trade's; pair_id is that of player_trade.
-- A day has as many rows as legs: what is kept is that they are found by the pair.
with legs as (
    select
        cast(occurred_at as date) as utc_day,
        cast(substr(from_account, 8) as bigint) as giver_id,  -- after 'player:'
        cast(substr(to_account, 8) as bigint) as receiver_id,
        item_id,
        seq,
        quantity,
        unit_value
    from source_rows
    where kind = 'player_trade' and status = 'settled' and asset = 'item'
)

select
    utc_day,
    least(giver_id, receiver_id) * 4294967296 + greatest(giver_id, receiver_id) as pair_id,
    item_id,
    seq,
    giver_id < receiver_id as is_forth,
    quantity as units,
    unit_value
from legs
