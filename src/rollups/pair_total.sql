-- How often each pair of players traded on each day, and in its table: up to each day.
-- Grain: one row a day and pair of players that traded with each other on it.
-- Units: trades are settled player trades; pair_id is that of player_trade.
select
    cast(occurred_at as date) as utc_day,
    count(*) as trades,
    least(player_1_id, player_2_id) * 4294967296 + greatest(player_1_id, player_2_id) as pair_id
from source_rows
where kind = 'player_trade' and status = 'settled'
group by
    cast(occurred_at as date),
    least(player_1_id, player_2_id) * 4294967296 + greatest(player_1_id, player_2_id)
