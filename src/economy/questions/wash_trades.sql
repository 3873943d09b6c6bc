-- Which items go back and forth between the same two players?
-- Grain: one row a pair of players and an item; the first twenty.
-- Units: trades are settled trades of the pair that moved the item, two or more; units went forth,
-- from the player with the lower id, and back; returned is the smaller of both, returned_value in
-- coins at base value.
with moved as (
    select
        repeated_pair.low_id as player_1_id,
        repeated_pair.high_id as player_2_id,
        moved_item.item_id,
        cast(moved_item.value / (moved_item.player_1_units + moved_item.player_2_units) as bigint)
            as unit_value,
        case
            when moved_item.player_1_id < moved_item.player_2_id then moved_item.player_1_units
            else moved_item.player_2_units
        end as units_forth,
        case
            when moved_item.player_1_id < moved_item.player_2_id then moved_item.player_2_units
            else moved_item.player_1_units
        end as units_back
    from moved_item
    inner join repeated_pair
        on
            least(moved_item.player_1_id, moved_item.player_2_id) = repeated_pair.low_id
            and greatest(moved_item.player_1_id, moved_item.player_2_id) = repeated_pair.high_id
),

totals as (
    select
        player_1_id,
        player_2_id,
        item_id,
        unit_value,
        count(*) as trades,
        sum(units_forth) as units_forth,
        sum(units_back) as units_back
    from moved
    group by player_1_id, player_2_id, item_id, unit_value
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
