-- How often does a coin change hands, and in which kinds of trade?
-- Grain: one row a kind of trade in which coins left a player.
-- Units: gold in coins that left players, for other players or for houses; velocity is that gold
-- over the supply that players hold now; share is a part of 1, of all such gold.
with held as (
    select coalesce(sum(issued) - sum(withdrawn), 0) as supply
    from trade_minute
    where status = 'settled'
),

moved as (
    select
        kind,
        sum(moving) as trades,
        sum(moved) as gold
    from trade_minute
    where status = 'settled' and moving > 0
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
