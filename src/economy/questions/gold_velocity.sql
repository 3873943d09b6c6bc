-- How often does a coin change hands, and in which kinds of trade?
-- Grain: one row a kind of trade in which coins left a player.
-- Units: gold in coins that left players, for other players or for houses; velocity is that gold
-- over the supply that players hold now; share is a part of 1, of all such gold.
with given as (
    select
        kind,
        case when player_2_id is null then partner_gold else 0 end as issued,
        case when player_2_id is null then player_1_gold else 0 end as withdrawn,
        player_1_gold + case when player_2_id is null then 0 else partner_gold end as gold
    from trade
    where status = 'settled'
),

held as (
    select coalesce(sum(issued) - sum(withdrawn), 0) as supply
    from given
),

moved as (
    select
        kind,
        count(*) as trades,
        sum(gold) as gold
    from given
    where gold > 0
    group by kind
),

described as (
    select
        moved.kind,
        moved.trades,
        moved.gold,
        round(cast(moved.gold as double) / nullif(held.supply, 0), 4) as velocity,
        round(cast(moved.gold as double) / sum(moved.gold) over (), 4) as share
    from moved
    cross join held
)

select * from described
order by gold desc, kind asc
