-- How many trades there were in each minute, and the gold that they moved.
-- Grain: one row a minute, realm, kind, status and reason with trades.
-- Units: trades, moving those that moved gold from a player; first_at and last_at are those of the
-- minute's trades, UTC; coins: issued came from houses, withdrawn went to them, moved left a player
-- for another one or for a house.
with totals as (
    select
        date_trunc('minute', occurred_at) as minute_start,
        realm,
        kind,
        status,
        reason,
        count(*) as trades,
        count(
            case
                when player_1_gold + case when player_2_id is null then 0 else partner_gold end > 0
                    then 1
            end
        ) as moving,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        sum(case when player_2_id is null then partner_gold else 0 end) as issued,
        sum(case when player_2_id is null then player_1_gold else 0 end) as withdrawn,
        sum(player_1_gold + case when player_2_id is null then 0 else partner_gold end) as moved
    from source_rows
    group by date_trunc('minute', occurred_at), realm, kind, status, reason
),

days as (
    select
        cast(minute_start as date) as utc_day,
        minute_start,
        realm,
        kind,
        status,
        reason,
        trades,
        moving,
        first_at,
        last_at,
        issued,
        withdrawn,
        moved
    from totals
)

select * from days
