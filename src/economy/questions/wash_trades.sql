-- Which items go back and forth between the same two players?
-- Grain: one row a pair of players and an item; the first twenty.
-- Units: trades are settled trades of the pair that moved the item, two or more; units went forth,
-- from the player with the lower id, and back; returned is the smaller of both, returned_value in
-- coins at base value.
with moved as (
    -- One row a trade and item: it may have gone both ways in one trade.
    select
        moved_leg.pair_id,
        moved_leg.item_id,
        moved_leg.unit_value,
        moved_leg.seq,
        sum(case when moved_leg.is_forth then moved_leg.units else 0 end) as units_forth,
        sum(case when moved_leg.is_forth then 0 else moved_leg.units end) as units_back
    from moved_leg
    inner join repeated_pair on moved_leg.pair_id = repeated_pair.pair_id
    group by moved_leg.pair_id, moved_leg.item_id, moved_leg.unit_value, moved_leg.seq
),

totals as (
    select
        cast((pair_id - mod(pair_id, 4294967296)) / 4294967296 as bigint) as player_1_id,
        mod(pair_id, 4294967296) as player_2_id,
        item_id,
        unit_value,
        count(*) as trades,
        cast(sum(units_forth) as bigint) as units_forth,
        cast(sum(units_back) as bigint) as units_back
    from moved
    group by pair_id, item_id, unit_value
),

returned as (
    select
        player_1_id,
        player_2_id,
        item_id,
        trades,
        units_forth,
        units_back,
        least(units_forth, units_back) as returned,
        least(units_forth, units_back) * unit_value as returned_value
    from totals
    where trades >= 2 and units_forth > 0 and units_back > 0
    order by returned_value desc, player_1_id asc, player_2_id asc, item_id asc
    limit 20
),

described as (
    select
        returned.player_1_id,
        returned.player_2_id,
        returned.item_id,
        item.name as item_name,
        returned.trades,
        returned.units_forth,
        returned.units_back,
        returned.returned,
        returned.returned_value
    from returned
    left join item on returned.item_id = item.item_id
)

select * from described
order by returned_value desc, player_1_id asc, player_2_id asc, item_id asc
