-- Which players trade with one partner above all?
-- Grain: one row a player with five player trades or more, and its most frequent partner, the one
-- with the lowest id of equals; the first twenty.
-- Units: settled player trades; partners are different players; share is a part of 1, of the
-- player's trades.
with pairs as (
    select
        least(player_1_id, player_2_id) as low_id,
        greatest(player_1_id, player_2_id) as high_id,
        count(*) as trades
    from trade
    where kind = 'player_trade' and status = 'settled'
    group by least(player_1_id, player_2_id), greatest(player_1_id, player_2_id)
),

partners as (
    select
        low_id as player_id,
        high_id as partner_id,
        trades
    from pairs
    union all
    select
        high_id as player_id,
        low_id as partner_id,
        trades
    from pairs
),

totals as (
    select
        player_id,
        sum(trades) as trades,
        count(*) as partners,
        max(trades) as trades_with_partner
    from partners
    group by player_id
),

first_twenty as (
    select
        player_id,
        trades,
        partners,
        trades_with_partner,
        round(cast(trades_with_partner as double) / trades, 4) as share
    from totals
    where trades >= 5
    order by share desc, trades desc, player_id asc
    limit 20
),

described as (
    select
        first_twenty.player_id,
        first_twenty.trades,
        first_twenty.partners,
        min(partners.partner_id) as partner_id,
        first_twenty.trades_with_partner,
        first_twenty.share
    from first_twenty
    inner join partners
        on
            first_twenty.player_id = partners.player_id
            and first_twenty.trades_with_partner = partners.trades
    group by
        first_twenty.player_id,
        first_twenty.trades,
        first_twenty.partners,
        first_twenty.trades_with_partner,
        first_twenty.share
)

select * from described
order by share desc, trades desc, player_id asc
