-- What has landed: which realm, when, how many players, trades and states?
-- Grain: one row a realm.
-- Units: trades, players and states are rows; the times are the first and last trade's, UTC.
with trades as (
    select
        realm,
        sum(trades) as trades,
        min(first_at) as first_at,
        max(last_at) as last_at
    from trade_minute
    group by realm
),

players as (
    select
        realm,
        player_id,
        sum(states) as states
    from player_state_day
    group by realm, player_id
),

states as (
    select
        realm,
        count(*) as players,
        cast(sum(states) as bigint) as states
    from players
    group by realm
),

overview as (
    select
        trades.realm,
        trades.first_at,
        trades.last_at,
        trades.trades,
        coalesce(states.players, 0) as players,
        coalesce(states.states, 0) as states
    from trades
    left join states on trades.realm = states.realm
)

select * from overview
order by realm asc
