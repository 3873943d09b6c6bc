-- Which trades landed since an event, and how often?
-- Grain: one row a trade_id, status and reason.
with cut as (
    select
        cast(? as bigint) as first_seq,
        cast(? as bigint) as last_seq
)

select
    trade.trade_id,
    trade.kind,
    trade.status,
    trade.reason,
    trade.player_1_id,
    count(*) as times
from trade
cross join cut
where
    trade.seq > cut.first_seq
    and trade.seq <= cut.last_seq
group by
    trade.trade_id,
    trade.kind,
    trade.status,
    trade.reason,
    trade.player_1_id
order by trade.trade_id
