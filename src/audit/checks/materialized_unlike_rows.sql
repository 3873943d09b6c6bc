-- Which rows of materialized views are not what the landed rows say?
-- Grain: one row a view, a player and, of first trades, a kind: a row that is missing, late or of
-- no trade or state. Units: at is a version of player_latest, a seq of first_trade.
with cut as (
    select cast(? as bigint) as last_seq
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

late_states as (
    select
        'player_latest' as view_name,
        newest.player_id,
        cast(null as varchar) as kind,
        newest.version as at_by_rows,
        player_latest.version as at_by_view
    from newest
    left join player_latest on newest.player_id = player_latest.player_id
    where player_latest.version is null or player_latest.version < newest.version
),

-- What the table says is looked up in the rows. What it says of events after the cut is not: an
-- engine may see the table as it is and its source as it was a moment before.
kept_states as (
    select player_latest_materialized.*
    from player_latest_materialized
    cross join cut
    where player_latest_materialized.seq <= cut.last_seq
),

-- Few of all states, found before they are compared: their items are long.
same_states as (
    select player_state.*
    from player_state
    where exists (
        select 1
        from kept_states
        where
            kept_states.player_id = player_state.player_id
            and kept_states.version = player_state.version
            and kept_states.seq = player_state.seq
    )
),

false_states as (
    select
        'player_latest' as view_name,
        kept_states.player_id,
        cast(null as varchar) as kind,
        same_states.version as at_by_rows,
        kept_states.version as at_by_view
    from kept_states
    left join same_states
        on
            kept_states.player_id = same_states.player_id
            and kept_states.version = same_states.version
            and kept_states.seq = same_states.seq
    where
        same_states.version is null
        or kept_states.occurred_at is distinct from same_states.occurred_at
        or kept_states.realm is distinct from same_states.realm
        or kept_states.cause_trade_id is distinct from same_states.cause_trade_id
        or kept_states.username is distinct from same_states.username
        or kept_states.player_class is distinct from same_states.player_class
        or kept_states.guild is distinct from same_states.guild
        or kept_states.gold is distinct from same_states.gold
        or kept_states.max_capacity is distinct from same_states.max_capacity
        or kept_states.used_capacity is distinct from same_states.used_capacity
        or kept_states.distinct_items is distinct from same_states.distinct_items
        or kept_states.inventory_value is distinct from same_states.inventory_value
        or kept_states.items is distinct from same_states.items
),

settled as (
    select
        trade.player_1_id,
        trade.player_2_id,
        trade.kind,
        trade.seq,
        trade.occurred_at
    from trade
    cross join cut
    where trade.status = 'settled' and trade.seq <= cut.last_seq
),

named as (
    select
        player_1_id as player_id,
        kind,
        seq,
        occurred_at
    from settled
    union all
    select
        player_2_id as player_id,
        kind,
        seq,
        occurred_at
    from settled
    where kind = 'player_trade' and player_2_id is not null
),

firsts as (
    select
        player_id,
        kind,
        min(seq) as seq
    from named
    group by player_id, kind
),

late_trades as (
    select
        'first_trade' as view_name,
        firsts.player_id,
        firsts.kind,
        firsts.seq as at_by_rows,
        first_trade.seq as at_by_view
    from firsts
    left join first_trade
        on firsts.player_id = first_trade.player_id and firsts.kind = first_trade.kind
    where first_trade.seq is null or first_trade.seq > firsts.seq
),

kept_trades as (
    select first_trade_materialized.*
    from first_trade_materialized
    cross join cut
    where first_trade_materialized.seq <= cut.last_seq
),

false_trades as (
    select
        'first_trade' as view_name,
        kept_trades.player_id,
        kept_trades.kind,
        named.seq as at_by_rows,
        kept_trades.seq as at_by_view
    from kept_trades
    left join named
        on
            kept_trades.player_id = named.player_id
            and kept_trades.kind = named.kind
            and kept_trades.seq = named.seq
    where named.seq is null or kept_trades.occurred_at is distinct from named.occurred_at
),

differences as (
    select * from late_states
    union all
    select * from false_states
    union all
    select * from late_trades
    union all
    select * from false_trades
)

select distinct
    view_name,
    player_id,
    kind,
    at_by_rows,
    at_by_view
from differences
order by view_name, player_id, kind
