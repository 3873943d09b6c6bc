-- Where does gold come from, and where does it go?
-- Grain: one row a house account that gold ever came from or went to.
-- Units: coins. issued went to players (a source), withdrawn came from players (a sink), net is the
-- one less the other; net over all accounts is the supply that players hold.
with sources as (
    select
        from_account as account,
        sum(quantity) as issued,
        0 as withdrawn
    from trade_leg
    where
        status = 'settled' and asset = 'gold'
        and from_account like 'house:%' and to_account like 'player:%'
    group by from_account
),

sinks as (
    select
        to_account as account,
        0 as issued,
        sum(quantity) as withdrawn
    from trade_leg
    where
        status = 'settled' and asset = 'gold'
        and from_account like 'player:%' and to_account like 'house:%'
    group by to_account
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
