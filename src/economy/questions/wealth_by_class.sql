-- Which classes hold the wealth?
-- Grain: one row a player class.
-- Units: coins at base value, now; the average is per player; shares are parts of 1, of all players
-- and of all wealth.
with players as (
    select
        player_class,
        gold,
        inventory_value
    from player_latest
),

totals as (
    select
        player_class,
        count(*) as players,
        sum(gold) as gold,
        sum(inventory_value) as inventory_value,
        sum(gold + inventory_value) as wealth
    from players
    group by player_class
),

described as (
    select
        player_class,
        players,
        gold,
        inventory_value,
        wealth,
        round(cast(wealth as double) / players, 2) as average_wealth,
        round(cast(players as double) / sum(players) over (), 4) as share_of_players,
        round(cast(wealth as double) / nullif(sum(wealth) over (), 0), 4) as share_of_wealth
    from totals
)

select * from described
order by wealth desc, player_class asc
