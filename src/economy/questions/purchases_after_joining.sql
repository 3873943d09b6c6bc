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

members as (
    select
        player_latest.player_id,
        first_joins.joined_seq
    from player_latest
    left join first_joins on player_latest.player_id = first_joins.player_id
),

moments as (
    select
        'never joined' as moment,
        count(case when joined_seq is null then 1 end) as players
    from members
    union all
    select
        'before joining' as moment,
        count(joined_seq) as players
    from members
    union all
    select
        'after joining' as moment,
        count(joined_seq) as players
    from members
),

bought as (
    select
        item_purchase.player_id,
        item_purchase.gold,
        case
            when members.joined_seq is null then 'never joined'
            when item_purchase.seq < members.joined_seq then 'before joining'
            else 'after joining'
        end as moment
    from item_purchase
    inner join members on item_purchase.player_id = members.player_id
),

totals as (
    select
        moment,
        count(distinct player_id) as buyers,
        count(*) as purchases,
        sum(gold) as gold
    from bought
    group by moment
),

described as (
    select
        moments.moment,
        moments.players,
        coalesce(totals.buyers, 0) as buyers,
        coalesce(totals.purchases, 0) as purchases,
        coalesce(totals.gold, 0) as gold,
        round(cast(coalesce(totals.purchases, 0) as double) / moments.players, 4)
            as purchases_per_player,
        round(cast(coalesce(totals.gold, 0) as double) / moments.players, 2) as gold_per_player
    from moments
    left join totals on moments.moment = totals.moment
    where moments.players > 0
)

select * from described
order by moment desc
