-- Which inventories were the richest and the most diverse on each day.
-- Grain: one row a measure and player, at the first state of the day in which it had its best; the
-- first ten players of each day by each measure.
-- Units: measure is inventory_value, in coins at base value, or distinct_items, which counts
-- different items; used_capacity counts all units; gold in coins; reached_at is UTC.
with best as (
    select
        cast(occurred_at as date) as utc_day,
        player_id,
        max(inventory_value) as inventory_value,
        max(distinct_items) as distinct_items
    from source_rows
    group by cast(occurred_at as date), player_id
),

ranked as (
    select
        utc_day,
        player_id,
        inventory_value,
        distinct_items,
        row_number() over (partition by utc_day order by inventory_value desc, player_id asc)
            as place_by_value,
        row_number() over (partition by utc_day order by distinct_items desc, player_id asc)
            as place_by_diversity
    from best
),

first_ten as (
    select
        utc_day,
        player_id,
        'inventory_value' as measure,
        inventory_value as amount
    from ranked
    where place_by_value <= 10
    union all
    select
        utc_day,
        player_id,
        'distinct_items' as measure,
        distinct_items as amount
    from ranked
    where place_by_diversity <= 10
),

described as (
    select
        first_ten.utc_day,
        first_ten.measure,
        first_ten.player_id,
        first_ten.amount,
        min(states.version) as version,
        min_by(states.occurred_at, states.version) as reached_at,
        min_by(states.username, states.version) as username,
        min_by(states.player_class, states.version) as player_class,
        min_by(states.gold, states.version) as gold,
        min_by(states.distinct_items, states.version) as distinct_items,
        min_by(states.used_capacity, states.version) as used_capacity,
        min_by(states.inventory_value, states.version) as inventory_value
    from source_rows as states
    inner join first_ten
        on
            cast(states.occurred_at as date) = first_ten.utc_day
            and states.player_id = first_ten.player_id
            and case
                when first_ten.measure = 'inventory_value' then states.inventory_value
                else states.distinct_items
            end = first_ten.amount
    group by first_ten.utc_day, first_ten.measure, first_ten.player_id, first_ten.amount
)

select * from described
