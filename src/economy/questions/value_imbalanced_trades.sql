-- Which trades between players were the most unequal in value?
-- Grain: one row a settled player trade whose sides differ in base value; the first twenty.
-- Units: values in coins at base value, a coin is worth 1; ratio is the larger value over the
-- smaller one, null when one side gave nothing. gained_by is the player who received more.
with trades as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id,
        player_2_id,
        player_1_value,
        player_2_value
    from player_trade
),

compared as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id,
        player_2_id,
        player_1_value,
        player_2_value,
        abs(player_1_value - player_2_value) as difference,
        greatest(player_1_value, player_2_value) as larger,
        least(player_1_value, player_2_value) as smaller,
        case
            when player_1_value > player_2_value then player_2_id
            else player_1_id
        end as gained_by
    from trades
    where player_1_value != player_2_value
),

imbalanced as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id,
        player_2_id,
        player_1_value,
        player_2_value,
        difference,
        round(cast(larger as double) / nullif(smaller, 0), 2) as ratio,
        gained_by
    from compared
),

-- Of equals the earlier are shown: a number is compared more quickly than an id.
first_twenty as (
    select * from imbalanced
    order by difference desc, seq asc
    limit 20
),

described as (
    select
        trade_id,
        occurred_at,
        player_1_id,
        player_2_id,
        player_1_value,
        player_2_value,
        difference,
        ratio,
        gained_by
    from first_twenty
)

select * from described
order by difference desc, trade_id asc
