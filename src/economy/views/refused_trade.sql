-- Trades of any kind that were refused, and why; nothing moved.
-- Grain: one row a trade with status rejected.
-- Units: none; what was asked for are its rows of trade_leg.
with refused as (
    select
        trade_id,
        seq,
        occurred_at,
        kind,
        reason,
        player_1_id,
        player_2_id,
        guild
    from trade
    where status = 'rejected'
)

select * from refused
