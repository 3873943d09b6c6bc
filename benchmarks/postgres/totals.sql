-- What all players hold: one row an asset, its item (0 for gold) and its coins or units.
select
    0 as item_id,
    sum(gold) as held
from player
union all
select
    item_id,
    sum(quantity) as held
from holding
group by item_id
