-- Who collects gifts from many players, and passes them on?
-- Grain: one row a player that received gifts from two players or more; the first twenty.
-- Units: gifts are settled trades in which one side gave nothing; givers and receivers are
-- different players; values in coins, items at base value; passed_on_share is what was given on
-- over what was received, at most 1.
with received as (
    select
        receiver_id as player_id,
        count(distinct giver_id) as givers,
        count(*) as gifts,
        sum(value) as received
    from gift
    group by receiver_id
),

given as (
    select
        giver_id as player_id,
        count(distinct receiver_id) as receivers,
        sum(value) as given
    from gift
    group by giver_id
),

collectors as (
    select
        received.player_id,
        player_latest.username,
        received.givers,
        received.gifts,
        received.received,
        coalesce(given.receivers, 0) as receivers,
        coalesce(given.given, 0) as given
    from received
    left join given on received.player_id = given.player_id
    left join player_latest on received.player_id = player_latest.player_id
    where received.givers >= 2
),

described as (
    select
        player_id,
        username,
        givers,
        gifts,
        received,
        receivers,
        given,
        round(
            case
                when received = 0 then 0
                when given >= received then 1
                else cast(given as double) / received
            end, 4
        ) as passed_on_share
    from collectors
)

select * from described
order by received desc, player_id asc
limit 20
