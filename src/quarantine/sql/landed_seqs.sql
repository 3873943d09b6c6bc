-- Which of these event numbers are in the tables?
-- Grain: one row a number that is there. The numbers come as text, with commas between.
with asked as (
    select cast(words.word as bigint) as seq
    from unnest(split(?, ',')) as words (word)
)

select trade.seq
from trade
inner join asked on trade.seq = asked.seq
union
select player_state.seq
from player_state
inner join asked on player_state.seq = asked.seq
