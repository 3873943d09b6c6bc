-- Players that trades name, and whom they trade with.
-- Grain: one row a trade and player that it names: two where a trade is between two players.
-- Units: is_first says that the player stands first in the trade, so that those rows alone are one
-- a trade; partner_id is null where the other side is a house.
-- The trades are read once for both.
with sides as (
    select true as is_first
    union all
    select false as is_first
),

parties as (
    select
        trade.trade_id,
        trade.seq,
        trade.occurred_at,
        trade.kind,
        trade.status,
        sides.is_first,
        case when sides.is_first then trade.player_1_id else trade.player_2_id end as player_id,
        case when sides.is_first then trade.player_2_id else trade.player_1_id end as partner_id
    from trade
    cross join sides
    where sides.is_first or trade.player_2_id is not null
)

select * from parties
