-- Which purchases are declined, and why?
-- Grain: one row a reason and kind of item; what the catalogue does not have has no kind.
-- Units: declined purchases; players are those who asked; share is a part of 1, of all purchases
-- that were declined.
with declined as (
    select
        seq,
        reason,
        player_1_id as player_id
    from refused_trade
    where kind = 'purchase'
),

wanted as (
    select
        seq,
        min(item_id) as item_id
    from trade_leg
    where kind = 'purchase' and status = 'rejected' and asset = 'item'
    group by seq
),

counted as (
    select
        declined.reason,
        item.kind as item_kind,
        count(*) as declined,
        count(distinct declined.player_id) as players
    from declined
    left join wanted on declined.seq = wanted.seq
    left join item on wanted.item_id = item.item_id
    group by declined.reason, item.kind
),

shared as (
    select
        reason,
        item_kind,
        declined,
        players,
        round(cast(declined as double) / sum(declined) over (), 4) as share
    from counted
)

select * from shared
order by declined desc, reason asc, item_kind asc
