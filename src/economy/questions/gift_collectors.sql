-- Who collects gifts from many players, and passes them on?
-- Grain: one row a player that received gifts from two players or more; the first twenty.
-- Units: gifts are settled trades in which one side gave nothing; givers and receivers are
-- different players; values in coins, items at base value; passed_on_share is what was given on
-- over what was received, at most 1.
with sides as (
    select true as receives
    union all
    select false as receives
),

of_players as (
    select
        case when sides.receives then gift_flow.receiver_id else gift_flow.giver_id end
            as player_id,
        sides.receives,
        gift_flow.gifts,
        gift_flow.value
    from gift_flow
    cross join sides
),

collectors as (
    select
        player_id,
        count(case when receives then 1 end) as givers,
        sum(case when receives then gifts else 0 end) as gifts,
        sum(case when receives then value else 0 end) as received,
        count(case when receives then null else 1 end) as receivers,
        sum(case when receives then 0 else value end) as given
    from of_players
    group by player_id
    having count(case when receives then 1 end) >= 2
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
described as (
    select
        first_twenty.player_id,
        max_by(player_recent_state.username, player_recent_state.version) as username,
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
    from player_recent_state
    right join first_twenty  -- noqa: convention.left_join
        on player_recent_state.player_id = first_twenty.player_id
    group by
        first_twenty.player_id,
        first_twenty.givers,
        first_twenty.gifts,
        first_twenty.received,
        first_twenty.receivers,
        first_twenty.given
)

select * from described
order by received desc, player_id asc
