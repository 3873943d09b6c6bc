-- Settled trades between two players, with what each side gave.
-- Grain: one row a settled trade of kind player_trade.
-- Units: gold and value in coins at base value, where a coin is worth 1; units of items.
with settled as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id,
        player_2_id,
        concat('player:', cast(player_1_id as varchar)) as player_1_account
    from trade
    where kind = 'player_trade' and status = 'settled'
),

legs as (
    select
        seq,
        from_account,
        case when asset = 'gold' then quantity else 0 end as gold,
        case when asset = 'item' then quantity else 0 end as units,
        quantity * unit_value as value
    from trade_leg
    where kind = 'player_trade' and status = 'settled'
),

given as (
    select
        settled.trade_id,
        settled.seq,
        settled.occurred_at,
        settled.player_1_id,
        settled.player_2_id,
        legs.from_account = settled.player_1_account as is_player_1,
        legs.gold,
        legs.units,
        legs.value
    from settled
    inner join legs on settled.seq = legs.seq
),

-- Legs have one trade's number in common; the least of its other facts is the one that they have,
-- and costs nothing where it is not asked for.
both_sides as (
    select
        min(trade_id) as trade_id,
        seq,
        min(occurred_at) as occurred_at,
        min(player_1_id) as player_1_id,
        min(player_2_id) as player_2_id,
        sum(case when is_player_1 then gold else 0 end) as player_1_gold,
        sum(case when is_player_1 then units else 0 end) as player_1_units,
        sum(case when is_player_1 then value else 0 end) as player_1_value,
        sum(case when is_player_1 then 0 else gold end) as player_2_gold,
        sum(case when is_player_1 then 0 else units end) as player_2_units,
        sum(case when is_player_1 then 0 else value end) as player_2_value
    from given
    group by seq
)

select * from both_sides
