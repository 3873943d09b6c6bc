-- Which assets do not add up: legs that do not sum to zero, or holdings that no leg explains?
-- Grain: one row an asset (item_id is null for gold). Units: coins, or units of the item.
with cut as (
    select cast(? as bigint) as last_seq
),

settled as (
    select
        trade_leg.item_id,
        trade_leg.from_account,
        trade_leg.to_account,
        trade_leg.quantity
    from trade_leg
    cross join cut
    where trade_leg.status = 'settled' and trade_leg.seq <= cut.last_seq
),

entries as (
    select
        settled.item_id,
        settled.to_account as account,
        settled.quantity
    from settled
    union all
    select
        settled.item_id,
        settled.from_account as account,
        -settled.quantity as quantity
    from settled
),

folded as (
    select
        coalesce(entries.item_id, 0) as item_key,
        sum(entries.quantity) as sum_of_legs,
        sum(case when entries.account like 'house:%' then entries.quantity else 0 end)
            as held_by_house
    from entries
    where entries.account like 'house:%' or entries.account like 'player:%'
    group by coalesce(entries.item_id, 0)
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

-- distinct: a state that landed twice is seq_gaps' to tell, and must not hide others here.
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
        0 as item_key,
        states.gold as quantity
    from states
    union all
    select
        stack.i.item_id as item_key,
        stack.i.quantity
    from states
    cross join unnest(states.items) as stack (i)
),

held as (
    select
        holdings.item_key,
        sum(holdings.quantity) as held_by_players
    from holdings
    group by holdings.item_key
),

joined as (
    select
        coalesce(folded.item_key, held.item_key) as item_key,
        coalesce(folded.sum_of_legs, 0) as sum_of_legs,
        coalesce(folded.held_by_house, 0) as held_by_house,
        coalesce(held.held_by_players, 0) as held_by_players
    from folded
    full outer join held on folded.item_key = held.item_key
),

differences as (
    select
        nullif(joined.item_key, 0) as item_id,
        joined.sum_of_legs,
        joined.held_by_house,
        joined.held_by_players
    from joined
    where joined.sum_of_legs <> 0 or joined.held_by_house + joined.held_by_players <> 0
)

select * from differences
order by item_id
