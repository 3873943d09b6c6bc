-- Which legs do not belong to a trade, or are missing from within one?
-- Grain: one row a trade.
with cut as (
    select cast(? as bigint) as last_seq
),

legs as (
    select
        trade_leg.trade_id,
        trade_leg.seq,
        trade_leg.status,
        count(*) as legs,
        count(distinct trade_leg.leg_no) as numbers,
        max(trade_leg.leg_no) as last_leg_no
    from trade_leg
    cross join cut
    where trade_leg.seq <= cut.last_seq
    group by trade_leg.trade_id, trade_leg.seq, trade_leg.status
),

differences as (
    select
        legs.trade_id,
        legs.seq,
        legs.legs,
        legs.last_leg_no,
        case when trade.trade_id is null then 'no such trade' else 'legs missing or doubled' end
            as fault
    from legs
    left join trade
        on
            legs.trade_id = trade.trade_id
            and legs.seq = trade.seq
            and legs.status = trade.status
    where
        trade.trade_id is null
        or legs.legs <> legs.numbers
        or legs.numbers <> legs.last_leg_no
)

select * from differences
order by seq
