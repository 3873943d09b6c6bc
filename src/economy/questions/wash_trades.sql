-- Which items go back and forth between the same two players?
-- Grain: one row a pair of players and an item; the first twenty.
-- Units: trades are settled trades of the pair that moved the item, two or more; units went forth,
-- from the player with the lower id, and back; returned is the smaller of both, returned_value in
-- coins at base value.
with legs as (
    select
        trade_id,
        item_id,
        quantity,
        unit_value,
        cast(split_part(from_account, ':', 2) as bigint) as giver_id,
        cast(split_part(to_account, ':', 2) as bigint) as receiver_id
    from trade_leg
    where kind = 'player_trade' and status = 'settled' and asset = 'item'
),

totals as (
    select
        least(giver_id, receiver_id) as player_1_id,
        greatest(giver_id, receiver_id) as player_2_id,
        item_id,
        unit_value,
        count(distinct trade_id) as trades,
        sum(case when giver_id < receiver_id then quantity else 0 end) as units_forth,
        sum(case when giver_id > receiver_id then quantity else 0 end) as units_back
    from legs
    group by least(giver_id, receiver_id), greatest(giver_id, receiver_id), item_id, unit_value
),

returned as (
    select
        totals.player_1_id,
        totals.player_2_id,
        totals.item_id,
        item.name as item_name,
        totals.trades,
        totals.units_forth,
        totals.units_back,
        least(totals.units_forth, totals.units_back) as returned,
        least(totals.units_forth, totals.units_back) * totals.unit_value as returned_value
    from totals
    left join item on totals.item_id = item.item_id
    where totals.trades >= 2 and totals.units_forth > 0 and totals.units_back > 0
)

select * from returned
order by returned_value desc, player_1_id asc, player_2_id asc, item_id asc
limit 20
