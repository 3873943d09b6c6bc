-- Which event numbers are missing from the tables, or stand there more than once?
-- Grain: one row a run of missing numbers, or a number that is there twice.
with cut as (
    select cast(? as bigint) as last_seq
),

landed as (
    select trade.seq from trade
    union all
    select player_state.seq from player_state
),

numbered as (
    select
        landed.seq,
        count(*) as times
    from landed
    cross join cut
    where landed.seq <= cut.last_seq
    group by landed.seq
),

-- One past the cut stands for the end, so that a gap before it is found like any other.
marked as (
    select
        numbered.seq,
        numbered.times
    from numbered
    union all
    select
        cut.last_seq + 1 as seq,
        1 as times
    from cut
),

stepped as (
    select
        marked.seq,
        marked.times,
        coalesce(lag(marked.seq) over (order by marked.seq), 0) as seq_before
    from marked
),

differences as (
    select
        'missing' as fault,
        stepped.seq_before + 1 as first_seq,
        stepped.seq - 1 as last_seq
    from stepped
    where stepped.seq > stepped.seq_before + 1
    union all
    select
        'doubled' as fault,
        stepped.seq as first_seq,
        stepped.seq as last_seq
    from stepped
    where stepped.times > 1
)

select * from differences
order by first_seq, fault
