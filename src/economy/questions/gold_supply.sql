-- How much gold do players hold, and do the legs of all trades say the same?
-- Grain: one row in all.
-- Units: coins. supply is what house accounts issued less what they withdrew; held is the sum over
-- the players' newest states; difference is supply less held, 0 when the books balance.
with legs as (
    select
        quantity,
        from_account like 'player:%' as from_player,
        to_account like 'player:%' as to_player
    from trade_leg
    where status = 'settled' and asset = 'gold'
),

moved as (
    select
        coalesce(sum(case when to_player and not from_player then quantity end), 0) as issued,
        coalesce(sum(case when from_player and not to_player then quantity end), 0) as withdrawn
    from legs
),

states as (
    select
        count(*) as players,
        coalesce(sum(gold), 0) as held
    from player_latest
),

balanced as (
    select
        states.players,
        moved.issued,
        moved.withdrawn,
        moved.issued - moved.withdrawn as supply,
        states.held,
        moved.issued - moved.withdrawn - states.held as difference
    from moved
    cross join states
)

select * from balanced
