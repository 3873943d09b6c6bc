-- Players that left a guild.
-- Grain: one row a settled trade of kind guild_leave.
-- Units: none; leaving is free.
with leaves as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id as player_id,
        guild
    from trade
    where kind = 'guild_leave' and status = 'settled'
)

select * from leaves
