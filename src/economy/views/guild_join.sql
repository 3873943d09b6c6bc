-- Players that joined a guild, with the fee that each paid.
-- Grain: one row a settled trade of kind guild_join.
-- Units: fee in coins.
with joined as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id as player_id,
        guild
    from trade
    where kind = 'guild_join' and status = 'settled'
),

paid as (
    select
        seq,
        sum(quantity) as fee
    from trade_leg
    where kind = 'guild_join' and status = 'settled' and asset = 'gold'
    group by seq
),

joins as (
    select
        joined.trade_id,
        joined.seq,
        joined.occurred_at,
        joined.player_id,
        joined.guild,
        coalesce(paid.fee, 0) as fee
    from joined
    left join paid on joined.seq = paid.seq
)

select * from joins
