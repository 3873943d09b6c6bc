-- Which part of all wealth do the poorest players own together?
-- Grain: one row a twentieth of the players, from the poorest on (fewer with fewer players).
-- Units: cumulative shares, parts of 1, of all players and of all wealth (gold and inventory in
-- coins at base value, now): the points of the Lorenz curve; wealth_up_to is the most that one of
-- them owns, in coins.
with players as (
    select gold + inventory_value as wealth
    from player_latest
),

ranked as (
    select
        wealth,
        row_number() over (order by wealth asc) as place,
        count(*) over () as all_players
    from players
),

placed as (
    select
        wealth,
        place,
        all_players,
        ceil(cast(place * 20 as double) / all_players) as twentieth
    from ranked
),

twentieths as (
    select
        twentieth,
        all_players,
        max(place) as players,
        sum(cast(wealth as decimal(38, 0))) as wealth,
        max(wealth) as wealth_up_to
    from placed
    group by twentieth, all_players
),

added_up as (
    select
        players,
        all_players,
        wealth_up_to,
        sum(wealth) over (
            order by players asc rows between unbounded preceding and current row
        ) as wealth,
        sum(wealth) over () as all_wealth
    from twentieths
),

points as (
    select
        round(cast(players as double) / all_players, 4) as share_of_players,
        round(cast(wealth as double) / nullif(cast(all_wealth as double), 0), 4)
            as share_of_wealth,
        wealth_up_to
    from added_up
)

select * from points
order by share_of_players asc
