-- When do players join guilds, and when do they leave?
-- Grain: one row a slot of time with a join or a leave; a slot lasts as in trades_over_time.
-- Units: joins and leaves are settled trades; members are in any guild at the slot's end;
-- slot_start is UTC.
with counted as (
    select
        slot_start,
        slot,
        count(case when kind = 'guild_join' then 1 end) as joins,
        count(case when kind = 'guild_leave' then 1 end) as leaves
    from slotted_trade
    where kind in ('guild_join', 'guild_leave') and status = 'settled'
    group by slot_start, slot
),

added_up as (
    select
        slot_start,
        slot,
        joins,
        leaves,
        sum(joins - leaves) over (
            order by slot_start asc rows between unbounded preceding and current row
        ) as members
    from counted
)

select * from added_up
order by slot_start asc
