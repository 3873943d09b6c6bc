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
        totals.player_id,
        player_latest.username,
        totals.purchases,
        totals.shop,
        totals.guilds,
        totals.other,
        totals.spent,
        round(cast(totals.spent as double) / sum(totals.spent) over (), 4) as share
    from totals
    left join player_latest on totals.player_id = player_latest.player_id
)

select * from shared
order by spent desc, player_id asc
limit 20
