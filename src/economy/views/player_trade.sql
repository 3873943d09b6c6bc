-- Settled trades between two players, with what each side gave.
-- Grain: one row a settled trade of kind player_trade.
-- Units: gold and value in coins at base value, where a coin is worth 1; units of items.
with settled as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id,
        player_2_id
    from trade
    where kind = 'player_trade' and status = 'settled'
),

legs as (
    select
        trade_id,
        from_account,
        case when asset = 'gold' then quantity else 0 end as gold,
        case when asset = 'item' then quantity else 0 end as units,
        quantity * unit_value as value
    from trade_leg
    where kind = 'player_trade' and status = 'settled'
),

given as (
    select
        trade_id,
        from_account,
        sum(gold) as gold,
        sum(units) as units,
        sum(value) as value
    from legs
    group by trade_id, from_account
),

both_sides as (
    select
        settled.trade_id,
        settled.seq,
        settled.occurred_at,
        settled.player_1_id,
        settled.player_2_id,
        coalesce(side_1.gold, 0) as player_1_gold,
        coalesce(side_1.units, 0) as player_1_units,
        coalesce(side_1.value, 0) as player_1_value,
        coalesce(side_2.gold, 0) as player_2_gold,
        coalesce(side_2.units, 0) as player_2_units,
        coalesce(side_2.value, 0) as player_2_value
    from settled
    left join given as side_1
        on
            settled.trade_id = side_1.trade_id
            and side_1.from_account = concat('player:', cast(settled.player_1_id as varchar))
    left join given as side_2
        on
            settled.trade_id = side_2.trade_id
            and side_2.from_account = concat('player:', cast(settled.player_2_id as varchar))
)

select * from both_sides
