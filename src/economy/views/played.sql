-- From when to when trades were asked for.
-- Grain: one row in all.
-- Units: the times of the first and the last trade, UTC; null when there are none.
with totals as (
    select
        min(first_at) as first_at,
        max(last_at) as last_at
    from trade_minute
)

select * from totals
