-- How much gold do players hold, and do the legs of all trades say the same?
-- Grain: one row in all.
-- Units: coins. supply is what house accounts issued less what they withdrew; held is the sum over
-- the players' newest states; difference is supply less held, 0 when the books balance.
with houses as (
    select
        coalesce(sum(issued), 0) as issued,
        coalesce(sum(withdrawn), 0) as withdrawn
    from gold_account_day
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
        houses.issued,
        houses.withdrawn,
        houses.issued - houses.withdrawn as supply,
        states.held,
        houses.issued - houses.withdrawn - states.held as difference
    from houses
    cross join states
)

select * from balanced
