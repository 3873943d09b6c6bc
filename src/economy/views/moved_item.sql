-- Items that settled trades between two players moved, with what each side gave of them.
-- Grain: one row a settled trade of kind player_trade and an item that it moved.
-- Units: units of the item; value in coins at base value, of all of them.
-- A trade's row says which item moved when it was one alone; only for the others are legs read.
with single as (
    select
        seq,
        player_1_id,
        player_2_id,
        item_id,
        player_1_units,
        player_2_units,
        player_1_value + player_2_value - player_1_gold - player_2_gold as value
    from player_trade
    where item_id is not null
),

several as (
    select
        seq,
        player_1_id,
        player_2_id,
        concat('player:', cast(player_1_id as varchar)) as account_1
    from player_trade
    where item_id is null and player_1_units + player_2_units > 0
),

legs as (
    select
        several.seq,
        several.player_1_id,
        several.player_2_id,
        trade_leg.item_id,
        case when trade_leg.from_account = several.account_1 then trade_leg.quantity else 0 end
            as player_1_units,
        case when trade_leg.from_account = several.account_1 then 0 else trade_leg.quantity end
            as player_2_units,
        trade_leg.quantity * trade_leg.unit_value as value
    from trade_leg
    inner join several on trade_leg.seq = several.seq
    where
        trade_leg.kind = 'player_trade'
        and trade_leg.status = 'settled'
        and trade_leg.asset = 'item'
),

added_up as (
    select
        seq,
        player_1_id,
        player_2_id,
        item_id,
        cast(sum(player_1_units) as bigint) as player_1_units,
        cast(sum(player_2_units) as bigint) as player_2_units,
        cast(sum(value) as bigint) as value
    from legs
    group by seq, player_1_id, player_2_id, item_id
),

moved as (
    select * from single
    union all
    select * from added_up
)

select * from moved
