-- Who collects gifts from many players, and passes them on?
-- Grain: one row a player that received gifts from two players or more; the first twenty.
-- Units: gifts are settled trades in which one side gave nothing; givers and receivers are
-- different players; values in coins, items at base value; passed_on_share is what was given on
-- over what was received, at most 1.
with gifts as (
    select
        giver_id,
        receiver_id,
        value
    from gift
),

received as (
    select
        receiver_id as player_id,
        count(distinct giver_id) as givers,
        count(*) as gifts,
        sum(value) as received
    from gifts
    group by receiver_id
),

given as (
    select
        giver_id as player_id,
        count(distinct receiver_id) as receivers,
        sum(value) as given
    from gifts
    group by giver_id
),

collectors as (
    select
        received.player_id,
        received.givers,
        received.gifts,
        received.received,
        coalesce(given.receivers, 0) as receivers,
        coalesce(given.given, 0) as given
    from received
    left join given on received.player_id = given.player_id
    where received.givers >= 2
),

first_twenty as (
    select
        player_id,
        givers,
        gifts,
        received,
        receivers,
        given
    from collectors
    order by received desc, player_id asc
    limit 20
),

-- What takes long to find is found for those that are shown.
names as (
    select
        first_twenty.player_id,
        max_by(player_recent_state.username, player_recent_state.version) as username
    from first_twenty
    inner join player_recent_state on first_twenty.player_id = player_recent_state.player_id
    group by first_twenty.player_id
),

described as (
    select
        first_twenty.player_id,
        names.username,
        first_twenty.givers,
        first_twenty.gifts,
        first_twenty.received,
        first_twenty.receivers,
        first_twenty.given,
        round(
            case
                when first_twenty.received = 0 then 0
                when first_twenty.given >= first_twenty.received then 1
                else cast(first_twenty.given as double) / first_twenty.received
            end, 4
        ) as passed_on_share
    from first_twenty
    left join names on first_twenty.player_id = names.player_id
)

select * from described
order by received desc, player_id asc
