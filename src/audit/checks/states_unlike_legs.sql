-- Which players' newest states differ from the sum of all their legs?
-- Grain: one row a player and asset (item_id is null for gold). Units: coins, or units of the item.
with cut as (
    select cast(? as bigint) as last_seq
),

entries as (
    select
        trade_leg.to_account as account,
        coalesce(trade_leg.item_id, 0) as item_key,
        trade_leg.quantity
    from trade_leg
    cross join cut
    where trade_leg.status = 'settled' and trade_leg.seq <= cut.last_seq
    union all
    select
        trade_leg.from_account as account,
        coalesce(trade_leg.item_id, 0) as item_key,
        -trade_leg.quantity as quantity
    from trade_leg
    cross join cut
    where trade_leg.status = 'settled' and trade_leg.seq <= cut.last_seq
),

folded as (
    select
        cast(substr(entries.account, 8) as bigint) as player_id,
        entries.item_key,
        sum(entries.quantity) as by_legs
    from entries
    where entries.account like 'player:%'
    group by cast(substr(entries.account, 8) as bigint), entries.item_key
),

newest as (
    select
        player_state.player_id,
        max(player_state.version) as version
    from player_state
    cross join cut
    where player_state.seq <= cut.last_seq
    group by player_state.player_id
),

states as (
    select distinct
        player_state.player_id,
        player_state.gold,
        player_state.items
    from player_state
    inner join newest
        on
            player_state.player_id = newest.player_id
            and player_state.version = newest.version
),

holdings as (
    select
        states.player_id,
        0 as item_key,
        states.gold as by_state
    from states
    union all
    select
        states.player_id,
        stack.i.item_id as item_key,
        stack.i.quantity as by_state
    from states
    cross join unnest(states.items) as stack (i)
),

joined as (
    select
        coalesce(folded.player_id, holdings.player_id) as player_id,
        coalesce(folded.item_key, holdings.item_key) as item_key,
        coalesce(folded.by_legs, 0) as by_legs,
        coalesce(holdings.by_state, 0) as by_state
    from folded
    full outer join holdings
        on
            folded.player_id = holdings.player_id
            and folded.item_key = holdings.item_key
),

differences as (
    select
        joined.player_id,
        nullif(joined.item_key, 0) as item_id,
        joined.by_legs,
        joined.by_state
    from joined
    where joined.by_legs <> joined.by_state
)

select * from differences
order by player_id, item_id
