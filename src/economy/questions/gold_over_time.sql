-- How does the supply of gold grow, and how fast does gold move?
-- Grain: one row a slot of time with trades; a slot lasts as in trades_over_time.
-- Units: coins. issued came from houses, withdrawn went to them, supply is what players hold at the
-- slot's end; moved left a player, for another one or for a house; velocity is moved over supply:
-- how often each coin changed hands within the slot. slot_start is UTC.
-- Those that were refused moved nothing, but a slot without gold is one all the same.
with slots as (
    select
        slot_start,
        slot,
        sum(issued) as issued,
        sum(withdrawn) as withdrawn,
        sum(moved) as moved
    from slotted_total
    group by slot_start, slot
),

supplied as (
    select
        slot_start,
        slot,
        issued,
        withdrawn,
        sum(issued - withdrawn) over (
            order by slot_start asc rows between unbounded preceding and current row
        ) as supply,
        moved
    from slots
),

described as (
    select
        slot_start,
        slot,
        issued,
        withdrawn,
        supply,
        moved,
        round(cast(moved as double) / nullif(supply, 0), 4) as velocity
    from supplied
)

select * from described
order by slot_start asc
