-- Which items go back and forth between the same two players?
-- Grain: one row a pair of players and an item; the first twenty.
-- Units: trades are settled trades of the pair that moved the item, two or more; units went forth,
-- from the player with the lower id, and back; returned is the smaller of both, returned_value in
-- coins at base value.
with legs as (
    select
        seq,
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
        sum(case when giver_id < receiver_id then quantity else 0 end) as units_forth,
        sum(case when giver_id > receiver_id then quantity else 0 end) as units_back
    from legs
    group by least(giver_id, receiver_id), greatest(giver_id, receiver_id), item_id, unit_value
    -- Two trades or more.
    having min(seq) < max(seq)
),

returned as (
    select
        player_1_id,
        player_2_id,
        item_id,
        unit_value,
        units_forth,
        units_back,
        least(units_forth, units_back) as returned,
        least(units_forth, units_back) * unit_value as returned_value
    from totals
    where units_forth > 0 and units_back > 0
    order by returned_value desc, player_1_id asc, player_2_id asc, item_id asc
    limit 20
),

-- What takes long to count is counted for those that are shown.
counted as (
    select
        returned.player_1_id,
        returned.player_2_id,
        returned.item_id,
        returned.unit_value,
        count(distinct legs.seq) as trades
    from returned
    inner join legs
        on
            returned.item_id = legs.item_id
            and returned.player_1_id = least(legs.giver_id, legs.receiver_id)
            and returned.player_2_id = greatest(legs.giver_id, legs.receiver_id)
            and returned.unit_value = legs.unit_value
    group by returned.player_1_id, returned.player_2_id, returned.item_id, returned.unit_value
),

described as (
    select
        returned.player_1_id,
        returned.player_2_id,
        returned.item_id,
        item.name as item_name,
        counted.trades,
        returned.units_forth,
        returned.units_back,
        returned.returned,
        returned.returned_value
    from returned
    inner join counted
        on
            returned.player_1_id = counted.player_1_id
            and returned.player_2_id = counted.player_2_id
            and returned.item_id = counted.item_id
            and returned.unit_value = counted.unit_value
    left join item on returned.item_id = item.item_id
)

select * from described
order by returned_value desc, player_1_id asc, player_2_id asc, item_id asc
