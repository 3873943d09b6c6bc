-- What do players buy first?
-- Grain: one row a kind of item.
-- Units: players whose first purchase was of that kind; share is a part of 1, of all buyers; gold
-- in coins that those first purchases cost.
with numbered as (
    select
        item_kind,
        gold,
        row_number() over (partition by player_id order by seq asc, item_id asc) as purchase_no
    from item_purchase
),

firsts as (
    select
        item_kind,
        gold
    from numbered
    where purchase_no = 1
),

totals as (
    select
        item_kind,
        count(*) as players,
        sum(gold) as gold
    from firsts
    group by item_kind
),

shared as (
    select
        item_kind,
        players,
        round(cast(players as double) / sum(players) over (), 4) as share,
        gold,
        round(cast(gold as double) / players, 2) as average_spend
    from totals
)

select * from shared
order by players desc, item_kind asc
