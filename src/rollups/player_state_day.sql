-- How many states each player had on each day.
-- Grain: one row a day, realm and player with states.
-- Units: states.
select
    cast(occurred_at as date) as utc_day,
    realm,
    player_id,
    count(*) as states
from source_rows
group by cast(occurred_at as date), realm, player_id
