-- How does the supply of gold grow, and how fast does gold move?
-- Grain: one row a slot of time with trades; a slot lasts as in trades_over_time.
-- Units: coins. issued came from houses, withdrawn went to them, supply is what players hold at the
-- slot's end; moved left a player, for another one or for a house; velocity is moved over supply:
-- how often each coin changed hands within the slot. slot_start is UTC.
with legs as (
    select
        trade_id,
        quantity,
        from_account like 'player:%' as from_player,
        to_account like 'player:%' as to_player
    from trade_leg
    where status = 'settled' and asset = 'gold'
),

moves as (
    select
        trade_id,
        sum(case when to_player and not from_player then quantity else 0 end) as issued,
        sum(case when from_player and not to_player then quantity else 0 end) as withdrawn,
        sum(case when from_player then quantity else 0 end) as moved
    from legs
    group by trade_id
),

slots as (
    select
        slotted_trade.slot_start,
        slotted_trade.slot,
        coalesce(sum(moves.issued), 0) as issued,
        coalesce(sum(moves.withdrawn), 0) as withdrawn,
        coalesce(sum(moves.moved), 0) as moved
    from slotted_trade
    left join moves on slotted_trade.trade_id = moves.trade_id
    group by slotted_trade.slot_start, slotted_trade.slot
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
