-- How much gold do players hold, and do the legs of all trades say the same?
-- Grain: one row in all.
-- Units: coins. supply is what house accounts issued less what they withdrew; held is the sum over
-- the players' newest states; difference is supply less held, 0 when the books balance.
with sources as (
    select coalesce(sum(quantity), 0) as issued
    from trade_leg
    where
        status = 'settled' and asset = 'gold'
        and from_account like 'house:%' and to_account like 'player:%'
),

sinks as (
    select coalesce(sum(quantity), 0) as withdrawn
    from trade_leg
    where
        status = 'settled' and asset = 'gold'
        and from_account like 'player:%' and to_account like 'house:%'
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
        sources.issued,
        sinks.withdrawn,
        sources.issued - sinks.withdrawn as supply,
        states.held,
        sources.issued - sinks.withdrawn - states.held as difference
    from sources
    cross join sinks
    cross join states
)

select * from balanced
