-- How often does a coin change hands, and in which kinds of trade?
-- Grain: one row a kind of trade in which coins left a player.
-- Units: gold in coins that left players, for other players or for houses; velocity is that gold
-- over the supply that players hold now; share is a part of 1, of all such gold.
with legs as (
    select
        seq,
        kind,
        quantity,
        from_account like 'player:%' as from_player,
        to_account like 'player:%' as to_player
    from trade_leg
    where status = 'settled' and asset = 'gold'
),

held as (
    select
        coalesce(
            sum(
                case
                    when to_player and not from_player then quantity
                    when from_player and not to_player then -quantity
                    else 0
                end
            ), 0
        ) as supply
    from legs
),

moved as (
    select
        kind,
        count(distinct seq) as trades,
        sum(quantity) as gold
    from legs
    where from_player
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
