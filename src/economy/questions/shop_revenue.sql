-- What does the shop take, and what does a player spend there?
-- Grain: one row in all.
-- Units: revenue and paid_out (for what players sell) in coins; average_price in coins a unit;
-- spend in coins; the averages are null while nothing was bought.
with bought as (
    select
        count(*) as purchases,
        count(distinct player_id) as buyers,
        coalesce(sum(quantity), 0) as units,
        coalesce(sum(gold), 0) as revenue
    from item_purchase
),

sold as (
    select coalesce(sum(partner_gold), 0) as paid_out
    from trade
    where kind = 'sale' and status = 'settled'
),

players as (
    select count(*) as players from player_latest
),

described as (
    select
        players.players,
        bought.buyers,
        bought.purchases,
        bought.units,
        bought.revenue,
        sold.paid_out,
        round(cast(bought.revenue as double) / nullif(bought.units, 0), 2) as average_price,
        round(cast(bought.revenue as double) / nullif(bought.buyers, 0), 2) as spend_per_buyer,
        round(cast(bought.revenue as double) / nullif(players.players, 0), 2) as spend_per_player
    from bought
    cross join sold
    cross join players
)

select * from described
