-- Which players spend the most gold?
-- Grain: one row a player that paid a house account; the first twenty.
-- Units: coins paid to the shop, to guilds and to other houses, as lost battles; purchases are
-- payments to the shop; share is a part of 1, of all that players paid.
with payments as (
    select
        player_1_id as player_id,
        kind,
        player_1_gold as quantity
    from trade
    where status = 'settled' and player_2_id is null and player_1_gold > 0
),

totals as (
    select
        player_id,
        count(case when kind = 'purchase' then 1 end) as purchases,
        sum(case when kind = 'purchase' then quantity else 0 end) as shop,
        sum(case when kind = 'guild_join' then quantity else 0 end) as guilds,
        sum(case when kind not in ('purchase', 'guild_join') then quantity else 0 end) as other,
        sum(quantity) as spent
    from payments
    group by player_id
),

shared as (
    select
        player_id,
        purchases,
        shop,
        guilds,
        other,
        spent,
        round(cast(spent as double) / sum(spent) over (), 4) as share
    from totals
),

first_twenty as (
    select
        player_id,
        purchases,
        shop,
        guilds,
        other,
        spent,
        share
    from shared
    order by spent desc, player_id asc
    limit 20
),

-- What takes long to find is found for those that are shown.
named as (
    select
        first_twenty.player_id,
        max_by(player_recent_state.username, player_recent_state.version) as username,
        first_twenty.purchases,
        first_twenty.shop,
        first_twenty.guilds,
        first_twenty.other,
        first_twenty.spent,
        first_twenty.share
    from player_recent_state
    right join first_twenty  -- noqa: convention.left_join
        on player_recent_state.player_id = first_twenty.player_id
    group by
        first_twenty.player_id,
        first_twenty.purchases,
        first_twenty.shop,
        first_twenty.guilds,
        first_twenty.other,
        first_twenty.spent,
        first_twenty.share
)

select * from named
order by spent desc, player_id asc
