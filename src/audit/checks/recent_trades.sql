-- Which trades that name a player are its latest?
-- Grain: one row a player with an id in [first, past), a trade, and a leg of it; a trade without
-- legs has one row, its leg null. Units: coins, units of items.
with cut as (
    select
        cast(? as bigint) as first_id,
        cast(? as bigint) as past_id,
        cast(? as bigint) as kept
),

named as (
    select
        trade.player_1_id as player_id,
        trade.seq
    from trade
    union all
    select
        trade.player_2_id as player_id,
        trade.seq
    from trade
    where trade.player_2_id <> trade.player_1_id
),

placed as (
    select
        named.player_id,
        named.seq,
        row_number() over (partition by named.player_id order by named.seq desc) as place
    from named
    cross join cut
    where named.player_id >= cut.first_id and named.player_id < cut.past_id
),

latest as (
    select
        placed.player_id,
        placed.seq
    from placed
    cross join cut
    where placed.place <= cut.kept
)

-- All columns of a trade: those that events gained later are not in every realm's table yet.
select
    latest.player_id,
    trade.*, -- noqa: AM04
    trade_leg.leg_no,
    trade_leg.from_account,
    trade_leg.to_account,
    trade_leg.asset,
    trade_leg.item_id,
    trade_leg.item_uid,
    trade_leg.quantity,
    trade_leg.unit_value
from latest
inner join trade on latest.seq = trade.seq
left join trade_leg on trade.trade_id = trade_leg.trade_id
order by latest.player_id, latest.seq, trade_leg.leg_no
