-- What the realm is in PostgreSQL: the players as they are, and the log of what happened to them.

create table item (
    item_id bigint primary key,
    value bigint not null
);

-- A page is left half empty, so that a new version of a row finds room beside the old one and no
-- index is touched (a heap-only tuple).
create table player (
    player_id bigint primary key,
    version bigint not null,
    username text not null,
    player_class text not null,
    guild text,
    gold bigint not null check (gold between 0 and 9007199254740991),
    max_capacity bigint not null,
    -- Kept, not counted: it spares a trade the sum over all stacks.
    used_capacity bigint not null,
    check (used_capacity between 0 and max_capacity)
) with (fillfactor = 50);

create table holding (
    player_id bigint not null,
    item_id bigint not null,
    quantity bigint not null check (quantity > 0),
    primary key (player_id, item_id)
) with (fillfactor = 50);

-- The log: the same content as our two kinds of event. It is only ever appended to, and it has no
-- index, as what a trade of ours writes before it is answered has none.
create table trade (
    seq bigint generated always as identity,
    trade_id uuid not null,
    occurred_at timestamptz not null,
    kind text not null,
    status text not null,
    reason text,
    player_1_id bigint not null,
    player_2_id bigint not null
);

create table leg (
    trade_id uuid not null,
    leg_no smallint not null,
    from_player_id bigint not null,
    to_player_id bigint not null,
    -- Null for gold.
    item_id bigint,
    quantity bigint not null,
    unit_value bigint
);

create table player_state (
    player_id bigint not null,
    version bigint not null,
    cause_trade_id uuid not null,
    occurred_at timestamptz not null,
    username text not null,
    player_class text not null,
    guild text,
    gold bigint not null,
    max_capacity bigint not null,
    used_capacity bigint not null,
    inventory_value bigint not null,
    -- The stacks, by rising item: three arrays of one length.
    item_ids bigint[] not null,
    quantities bigint[] not null,
    unit_values bigint[] not null
);
