-- Which players trade with one partner above all?
-- Grain: one row a player with five player trades or more, and its most frequent partner, the one
-- with the lowest id of equals; the first twenty.
-- Units: settled player trades; partners are different players; share is a part of 1, of the
-- player's trades.
with sides as (
    select true as is_low
    union all
    select false as is_low
),

partners as (
    select
        case when sides.is_low then repeated_pair.low_id else repeated_pair.high_id end
            as player_id,
        repeated_pair.trades
    from repeated_pair
    cross join sides
),

-- How many partners a player has follows from those with whom it traded more than once.
often as (
    select
        player_id,
        max(trades) as trades_with_partner,
        sum(trades - 1) as again
    from partners
    group by player_id
),

players as (
    select
        player_id,
        sum(player_trades) as trades
    from player_day
    group by player_id
    having sum(player_trades) >= 5
),

totals as (
    select
        players.player_id,
        players.trades,
        players.trades - coalesce(often.again, 0) as partners,
        coalesce(often.trades_with_partner, 1) as trades_with_partner
    from players
    left join often on players.player_id = often.player_id
),

first_twenty as (
    select
        player_id,
        trades,
        partners,
        trades_with_partner,
        round(cast(trades_with_partner as double) / trades, 4) as share
    from totals
    order by share desc, trades desc, player_id asc
    limit 20
),

-- Who the partner is, is found for those that are shown.
shown as (
    select
        first_twenty.player_id,
        first_twenty.trades,
        first_twenty.partners,
        party.partner_id,
        first_twenty.trades_with_partner,
        first_twenty.share
    from party
    inner join first_twenty on party.player_id = first_twenty.player_id
    where party.kind = 'player_trade' and party.status = 'settled'
    group by
        first_twenty.player_id,
        first_twenty.trades,
        first_twenty.partners,
        party.partner_id,
        first_twenty.trades_with_partner,
        first_twenty.share
    having count(*) = first_twenty.trades_with_partner
),

described as (
    select
        player_id,
        trades,
        partners,
        min(partner_id) as partner_id,
        trades_with_partner,
        share
    from shown
    group by
        player_id,
        trades,
        partners,
        trades_with_partner,
        share
)

select * from described
order by share desc, trades desc, player_id asc
