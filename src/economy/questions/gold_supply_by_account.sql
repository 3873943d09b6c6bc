-- Where does gold come from, and where does it go?
-- Grain: one row a house account that gold ever came from or went to.
-- Units: coins. issued went to players (a source), withdrawn came from players (a sink), net is the
-- one less the other; net over all accounts is the supply that players hold.
with legs as (
    select
        from_account,
        to_account,
        quantity
    from trade_leg
    where status = 'settled' and asset = 'gold'
),

sources as (
    select
        from_account as account,
        quantity as issued,
        cast(0 as bigint) as withdrawn
    from legs
    where from_account like 'house:%' and to_account like 'player:%'
),

sinks as (
    select
        to_account as account,
        cast(0 as bigint) as issued,
        quantity as withdrawn
    from legs
    where from_account like 'player:%' and to_account like 'house:%'
),

movements as (
    select * from sources
    union all
    select * from sinks
),

accounts as (
    select
        account,
        split_part(account, ':', 2) as house,
        sum(issued) as issued,
        sum(withdrawn) as withdrawn,
        sum(issued) - sum(withdrawn) as net
    from movements
    group by account
)

select * from accounts
order by issued + withdrawn desc, account asc
