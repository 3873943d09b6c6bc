-- Players that joined a guild, with the fee that each paid.
-- Grain: one row a settled trade of kind guild_join.
-- Units: fee in coins.
with joins as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id as player_id,
        guild,
        player_1_gold as fee
    from trade
    where kind = 'guild_join' and status = 'settled'
)

select * from joins
