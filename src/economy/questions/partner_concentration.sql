-- Which players trade with one partner above all?
-- Grain: one row a player with five player trades or more, and its most frequent partner, the one
-- with the lowest id of equals; the first twenty.
-- Units: settled player trades; partners are different players; share is a part of 1, of the
-- player's trades.
with sides as (
    select
        player_1_id as player_id,
        player_2_id as partner_id
    from trade
    where kind = 'player_trade' and status = 'settled'
    union all
    select
        player_2_id as player_id,
        player_1_id as partner_id
    from trade
    where kind = 'player_trade' and status = 'settled'
),

partners as (
    select
        player_id,
        partner_id,
        count(*) as trades_with_partner
    from sides
    group by player_id, partner_id
),

ranked as (
    select
        player_id,
        partner_id,
        trades_with_partner,
        sum(trades_with_partner) over (partition by player_id) as trades,
        count(*) over (partition by player_id) as partners,
        row_number() over (
            partition by player_id order by trades_with_partner desc, partner_id asc
        ) as place
    from partners
),

described as (
    select
        player_id,
        trades,
        partners,
        partner_id,
        trades_with_partner,
        round(cast(trades_with_partner as double) / trades, 4) as share
    from ranked
    where place = 1 and trades >= 5
)

select * from described
order by share desc, trades desc, player_id asc
limit 20
