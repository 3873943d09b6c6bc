-- Which trades between players were the most unequal in value on each day.
-- Grain: one row a settled player trade whose sides differ in base value; the first twenty of each
-- day.
-- Units: values in coins at base value, a coin is worth 1.
with compared as (
    select
        cast(occurred_at as date) as utc_day,
        realm,
        seq,
        abs(player_1_value - partner_value) as difference
    from source_rows
    where kind = 'player_trade' and status = 'settled' and player_1_value != partner_value
),

-- Of equals the earlier come first: a number is compared more quickly than an id.
ranked as (
    select
        utc_day,
        realm,
        seq,
        difference,
        row_number() over (partition by utc_day order by difference desc, seq asc) as place
    from compared
),

-- What is long is read for those that are shown.
first_twenty as (
    select
        ranked.utc_day,
        trades.trade_id,
        trades.seq,
        trades.occurred_at,
        trades.player_1_id,
        trades.player_2_id,
        trades.player_1_value,
        trades.partner_value as player_2_value,
        ranked.difference
    from source_rows as trades
    inner join ranked on trades.realm = ranked.realm and trades.seq = ranked.seq
    where trades.kind = 'player_trade' and trades.status = 'settled' and ranked.place <= 20
)

select * from first_twenty
