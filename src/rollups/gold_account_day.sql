-- How much gold each house issued and withdrew on each day.
-- Grain: one row a day and house account that gold came from, or went to: one for each of both.
-- Units: coins. issued went to players, withdrawn came from players.
select
    cast(occurred_at as date) as utc_day,
    from_account as account,
    sum(quantity) as issued,
    cast(0 as bigint) as withdrawn
from source_rows
where
    status = 'settled' and asset = 'gold'
    and from_account like 'house:%' and to_account like 'player:%'
group by cast(occurred_at as date), from_account
union all
select
    cast(occurred_at as date) as utc_day,
    to_account as account,
    cast(0 as bigint) as issued,
    sum(quantity) as withdrawn
from source_rows
where
    status = 'settled' and asset = 'gold'
    and from_account like 'player:%' and to_account like 'house:%'
group by cast(occurred_at as date), to_account
