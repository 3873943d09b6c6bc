-- Which players have a version missing, or one that stands in the tables more than once?
-- Grain: one row a player and fault.
with cut as (
    select cast(? as bigint) as last_seq
),

counted as (
    select
        player_state.player_id,
        count(*) as states,
        count(distinct player_state.version) as versions,
        min(player_state.version) as first_version,
        max(player_state.version) as last_version
    from player_state
    cross join cut
    where player_state.seq <= cut.last_seq
    group by player_state.player_id
),

differences as (
    select
        counted.player_id,
        'doubled' as fault,
        counted.states,
        counted.versions,
        counted.first_version,
        counted.last_version
    from counted
    where counted.states > counted.versions
    union all
    select
        counted.player_id,
        'missing' as fault,
        counted.states,
        counted.versions,
        counted.first_version,
        counted.last_version
    from counted
    where counted.first_version <> 1 or counted.versions <> counted.last_version
)

select * from differences
order by player_id, fault
