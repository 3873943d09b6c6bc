-- Which trades between players were the most unequal in value?
-- Grain: one row a settled player trade whose sides differ in base value; the first twenty.
-- Units: values in coins at base value, a coin is worth 1; ratio is the larger value over the
-- smaller one, null when one side gave nothing. gained_by is the player who received more.
with first_twenty as (
    select
        trade_id,
        occurred_at,
        player_1_id,
        player_2_id,
        player_1_value,
        player_2_value,
        difference,
        greatest(player_1_value, player_2_value) as larger,
        least(player_1_value, player_2_value) as smaller
    from imbalanced_trade
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
        round(cast(larger as double) / nullif(smaller, 0), 2) as ratio,
        case
            when player_1_value > player_2_value then player_2_id
            else player_1_id
        end as gained_by
    from first_twenty
)

select * from described
order by difference desc, trade_id asc
