-- Where does gold come from, and where does it go?
-- Grain: one row a house account that gold ever came from or went to.
-- Units: coins. issued went to players (a source), withdrawn came from players (a sink), net is the
-- one less the other; net over all accounts is the supply that players hold.
with accounts as (
    select
        account,
        split_part(account, ':', 2) as house,
        sum(issued) as issued,
        sum(withdrawn) as withdrawn,
        sum(issued) - sum(withdrawn) as net
    from gold_account_day
    group by account
)

select * from accounts
order by issued + withdrawn desc, account asc
