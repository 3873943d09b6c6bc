-- Which trades carry other totals than their legs add up to?
-- Grain: one row a trade. Units: coins, units of items; a refused trade moved nothing. What is more
-- than a column holds is told as the most that it holds.
with cut as (
    select cast(? as bigint) as last_seq
),

trades as (
    select
        trade.seq,
        trade.trade_id,
        trade.status,
        trade.player_1_gold,
        trade.player_1_units,
        trade.player_1_value,
        trade.partner_gold,
        trade.partner_units,
        trade.partner_value,
        trade.only_item_id,
        concat('player:', cast(trade.player_1_id as varchar)) as player_1_account
    from trade
    cross join cut
    where trade.seq <= cut.last_seq
),

legs as (
    select
        trades.seq,
        trade_leg.item_id,
        trade_leg.from_account = trades.player_1_account as is_own,
        case when trade_leg.asset = 'gold' then trade_leg.quantity else 0 end as gold,
        case when trade_leg.asset = 'item' then trade_leg.quantity else 0 end as units,
        cast(trade_leg.quantity as decimal(19, 0))
        * cast(coalesce(trade_leg.unit_value, 0) as decimal(19, 0)) as value
    from trades
    inner join trade_leg on trades.trade_id = trade_leg.trade_id
    where trades.status = 'settled'
),

summed as (
    select
        seq,
        sum(case when is_own then gold else 0 end) as player_1_gold,
        sum(case when is_own then units else 0 end) as player_1_units,
        sum(case when is_own then value else 0 end) as player_1_value,
        sum(case when is_own then 0 else gold end) as partner_gold,
        sum(case when is_own then 0 else units end) as partner_units,
        sum(case when is_own then 0 else value end) as partner_value,
        case when min(item_id) = max(item_id) then min(item_id) end as only_item_id
    from legs
    group by seq
),

expected as (
    select
        seq,
        least(player_1_gold, 9223372036854775807) as player_1_gold,
        least(player_1_units, 9223372036854775807) as player_1_units,
        cast(least(player_1_value, 9223372036854775807) as bigint) as player_1_value,
        least(partner_gold, 9223372036854775807) as partner_gold,
        least(partner_units, 9223372036854775807) as partner_units,
        cast(least(partner_value, 9223372036854775807) as bigint) as partner_value,
        only_item_id
    from summed
),

differences as (
    select
        trades.seq,
        trades.trade_id,
        trades.player_1_value,
        coalesce(expected.player_1_value, 0) as player_1_value_by_legs,
        trades.partner_value,
        coalesce(expected.partner_value, 0) as partner_value_by_legs
    from trades
    left join expected on trades.seq = expected.seq
    where
        trades.player_1_gold is distinct from coalesce(expected.player_1_gold, 0)
        or trades.player_1_units is distinct from coalesce(expected.player_1_units, 0)
        or trades.player_1_value is distinct from coalesce(expected.player_1_value, 0)
        or trades.partner_gold is distinct from coalesce(expected.partner_gold, 0)
        or trades.partner_units is distinct from coalesce(expected.partner_units, 0)
        or trades.partner_value is distinct from coalesce(expected.partner_value, 0)
        or trades.only_item_id is distinct from expected.only_item_id
)

select * from differences
order by seq
