-- Do players buy more once they have joined a guild?
-- Grain: one row a moment: before a player's first join, after it, and players that never joined.
-- Units: players are all of the group, buyers those that bought at that moment; gold in coins;
-- the averages are per player of the group.
with first_joins as (
    select
        player_id,
        min(seq) as joined_seq
    from guild_join
    group by player_id
),

bought as (
    select
        item_purchase.player_id,
        count(case when item_purchase.seq < first_joins.joined_seq then 1 end) as purchases_before,
        count(*) as purchases,
        sum(case when item_purchase.seq < first_joins.joined_seq then item_purchase.gold else 0 end)
            as gold_before,
        sum(item_purchase.gold) as gold
    from item_purchase
    left join first_joins on item_purchase.player_id = first_joins.player_id
    group by item_purchase.player_id
),

members as (
    select
        first_joins.joined_seq is not null as has_joined,
        coalesce(bought.purchases_before, 0) as purchases_before,
        coalesce(bought.purchases, 0) as purchases,
        coalesce(bought.gold_before, 0) as gold_before,
        coalesce(bought.gold, 0) as gold
    from player_latest
    left join first_joins on player_latest.player_id = first_joins.player_id
    left join bought on player_latest.player_id = bought.player_id
),

moments as (
    select 'never joined' as moment
    union all
    select 'before joining' as moment
    union all
    select 'after joining' as moment
),

at_moments as (
    select
        moments.moment,
        case
            when moments.moment = 'before joining' then members.purchases_before
            else members.purchases - members.purchases_before
        end as purchases,
        case
            when moments.moment = 'before joining' then members.gold_before
            else members.gold - members.gold_before
        end as gold
    from members
    cross join moments
    where members.has_joined = (moments.moment != 'never joined')
),

totals as (
    select
        moment,
        count(*) as players,
        count(case when purchases > 0 then 1 end) as buyers,
        sum(purchases) as purchases,
        sum(gold) as gold
    from at_moments
    group by moment
),

described as (
    select
        moment,
        players,
        buyers,
        purchases,
        gold,
        round(cast(purchases as double) / players, 4) as purchases_per_player,
        round(cast(gold as double) / players, 2) as gold_per_player
    from totals
)

select * from described
order by moment desc
