-- A trade of two players: settled whole, or refused with the first rule that it breaks, by the
-- rules and in the order of src/classes/trade.py. One call is one transaction.
--
-- p_trade_id     names the trade
-- p_player_1_id  the player that it names first
-- p_player_2_id  its partner
-- p_is_from_1    for each leg: whether the first player gives it
-- p_item_ids     for each leg: the item, null for gold; a giver has one leg an asset
-- p_quantities   for each leg: coins or units, above 0
--
-- Returns {"trade_id", "status": "settled", "settled_at", "players": [{"player_id", "version",
-- "gold"}, ...]}, or {"reason", "facts"}.
create function trade(
    p_trade_id uuid,
    p_player_1_id bigint,
    p_player_2_id bigint,
    p_is_from_1 boolean[],
    p_item_ids bigint[],
    p_quantities bigint[]
) returns json
language plpgsql as $$
declare
    amount_max constant bigint := 9007199254740991;
    decided_at constant timestamptz := clock_timestamp();
    leg_count constant int := cardinality(p_quantities);
    player_1 player;
    player_2 player;
    unit_values bigint[] := '{}';
    gold_from_1 bigint := 0;
    gold_from_2 bigint := 0;
    gold_to_2 bigint;               -- less what it gives
    units_to_2 bigint := 0;         -- less those that it gives; the first receives the negative
    reason text;                    -- of the refusal; null as long as nothing speaks against it
    facts json;
    giver bigint;
    receiver bigint;
    held bigint;
    item_value bigint;
    missed json;                    -- the first items that their giver does not have
begin
    -- 1. Lock both rows in the order of their ids, so that no two trades wait for each other.
    if p_player_1_id < p_player_2_id then
        select * into player_1 from player where player_id = p_player_1_id for update;
        select * into player_2 from player where player_id = p_player_2_id for update;
    else
        select * into player_2 from player where player_id = p_player_2_id for update;
        select * into player_1 from player where player_id = p_player_1_id for update;
    end if;

    -- 2. Decide. The order of the checks is the precedence of the reasons.
    for leg in 1 .. leg_count loop
        if p_item_ids[leg] is null then
            unit_values := unit_values || 1::bigint;
            if p_is_from_1[leg] then
                gold_from_1 := p_quantities[leg];
            else
                gold_from_2 := p_quantities[leg];
            end if;
        else
            giver := case when p_is_from_1[leg] then p_player_1_id else p_player_2_id end;
            select i.value, coalesce(h.quantity, 0) into item_value, held
            from item as i
            left join holding as h on h.player_id = giver and h.item_id = i.item_id
            where i.item_id = p_item_ids[leg];
            unit_values := unit_values || item_value;
            if missed is null and held < p_quantities[leg] then
                missed := json_build_object('player_id', giver, 'item_id', p_item_ids[leg],
                    'has', held, 'needs', p_quantities[leg]);
            end if;
            units_to_2 := units_to_2
                + case when p_is_from_1[leg] then p_quantities[leg] else -p_quantities[leg] end;
        end if;
    end loop;
    gold_to_2 := gold_from_1 - gold_from_2;

    if leg_count = 0 then
        reason := 'empty_trade';
        facts := json_build_object();
    elsif p_player_1_id = p_player_2_id then
        reason := 'self_trade';
        facts := json_build_object('player_id', p_player_1_id);
    elsif player_1.player_id is null then
        reason := 'unknown_player';
        facts := json_build_object('player_id', p_player_1_id);
    elsif player_2.player_id is null then
        reason := 'unknown_player';
        facts := json_build_object('player_id', p_player_2_id);
    elsif array_position(unit_values, null) is not null then
        reason := 'unknown_item';
        facts := json_build_object('item_id', p_item_ids[array_position(unit_values, null)]);
    elsif gold_from_1 > player_1.gold then
        reason := 'insufficient_gold';
        facts := json_build_object(
            'player_id', p_player_1_id, 'has', player_1.gold, 'needs', gold_from_1);
    elsif gold_from_2 > player_2.gold then
        reason := 'insufficient_gold';
        facts := json_build_object(
            'player_id', p_player_2_id, 'has', player_2.gold, 'needs', gold_from_2);
    elsif missed is not null then
        reason := 'missing_items';
        facts := missed;
    elsif units_to_2 < 0 and -units_to_2 > player_1.max_capacity - player_1.used_capacity then
        reason := 'no_space';
        facts := json_build_object('player_id', p_player_1_id,
            'free', player_1.max_capacity - player_1.used_capacity, 'needs', -units_to_2);
    elsif units_to_2 > 0 and units_to_2 > player_2.max_capacity - player_2.used_capacity then
        reason := 'no_space';
        facts := json_build_object('player_id', p_player_2_id,
            'free', player_2.max_capacity - player_2.used_capacity, 'needs', units_to_2);
    elsif player_1.gold - gold_to_2 > amount_max then
        reason := 'amount_limit';
        facts := json_build_object('player_id', p_player_1_id);
    elsif player_2.gold + gold_to_2 > amount_max then
        reason := 'amount_limit';
        facts := json_build_object('player_id', p_player_2_id);
    end if;

    -- 3. Write the trade and its legs; a refused one carries what was asked for.
    insert into trade (
        trade_id, occurred_at, kind, status, reason, player_1_id, player_2_id
    ) values (
        p_trade_id, decided_at, 'player_trade',
        case when reason is null then 'settled' else 'rejected' end,
        reason, p_player_1_id, p_player_2_id
    );
    insert into leg (
        trade_id, leg_no, from_player_id, to_player_id, item_id, quantity, unit_value
    )
    select
        p_trade_id, leg_no,
        case when is_from_1 then p_player_1_id else p_player_2_id end,
        case when is_from_1 then p_player_2_id else p_player_1_id end,
        item_id, quantity, unit_value
    from unnest(p_is_from_1, p_item_ids, p_quantities, unit_values)
        with ordinality as asked (is_from_1, item_id, quantity, unit_value, leg_no);
    if reason is not null then
        return json_build_object('reason', reason, 'facts', facts);
    end if;

    -- 4. Move the items; a stack that reaches zero is removed.
    for leg in 1 .. leg_count loop
        continue when p_item_ids[leg] is null;
        if p_is_from_1[leg] then
            giver := p_player_1_id;
            receiver := p_player_2_id;
        else
            giver := p_player_2_id;
            receiver := p_player_1_id;
        end if;
        update holding set quantity = quantity - p_quantities[leg]
        where player_id = giver and item_id = p_item_ids[leg] and quantity > p_quantities[leg];
        if not found then
            delete from holding where player_id = giver and item_id = p_item_ids[leg];
        end if;
        insert into holding (player_id, item_id, quantity)
        values (receiver, p_item_ids[leg], p_quantities[leg])
        on conflict (player_id, item_id) do update
        set quantity = holding.quantity + excluded.quantity;
    end loop;

    -- 5. Move the gold, and write both new states.
    with moved as (
        update player set
            version = version + 1,
            gold = gold
                + case player_id when p_player_1_id then -gold_to_2 else gold_to_2 end,
            used_capacity = used_capacity
                + case player_id when p_player_1_id then -units_to_2 else units_to_2 end
        where player_id in (p_player_1_id, p_player_2_id)
        returning *
    )

    insert into player_state (
        player_id, version, cause_trade_id, occurred_at, username, player_class, guild, gold,
        max_capacity, used_capacity, inventory_value, item_ids, quantities, unit_values
    )
    select
        moved.player_id, moved.version, p_trade_id, decided_at,
        moved.username, moved.player_class, moved.guild, moved.gold,
        moved.max_capacity, moved.used_capacity,
        stacks.inventory_value, stacks.item_ids, stacks.quantities, stacks.unit_values
    from moved
    cross join lateral (
        select
            coalesce(sum(stack.quantity * stack.value), 0)::bigint as inventory_value,
            coalesce(array_agg(stack.item_id), '{}') as item_ids,
            coalesce(array_agg(stack.quantity), '{}') as quantities,
            coalesce(array_agg(stack.value), '{}') as unit_values
        from (
            select h.item_id, h.quantity, i.value
            from holding as h
            inner join item as i on h.item_id = i.item_id
            where h.player_id = moved.player_id
            order by h.item_id
        ) as stack
    ) as stacks;

    return json_build_object(
        'trade_id', p_trade_id,
        'status', 'settled',
        'settled_at', decided_at,
        'players', json_build_array(
            json_build_object('player_id', p_player_1_id, 'version', player_1.version + 1,
                'gold', player_1.gold - gold_to_2),
            json_build_object('player_id', p_player_2_id, 'version', player_2.version + 1,
                'gold', player_2.gold + gold_to_2)));
end;
$$;
