"""What a table's snapshots tell, and which of them expiry must keep; no Spark runs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from src.streaming.expiry import current_at_ms, is_outrun, needed_since_ms, repeated
from src.streaming.history import Snapshot, history_of, newest_with

TRADE = "guildhall.position.trade"
STATE = "guildhall.position.player_state"


def snapshot(number: int, *carried: str, at_ms: int | None = None) -> Snapshot:
    summary = {"operation": "append", **dict.fromkeys(carried, "{}")}
    return Snapshot(number, number * 1_000 if at_ms is None else at_ms, summary, number - 1 or None)


def newest_first(*snapshots: Snapshot) -> list[Snapshot]:
    return list(reversed(snapshots))


def written(number: int, parent: int | None) -> dict[str, object]:
    return {
        "snapshot-id": number,
        "timestamp-ms": number,
        "parent-snapshot-id": parent,
        "summary": {"operation": "append", "total-records": str(number)},
        "manifest-list": "somewhere",
    }


def test_a_snapshot_that_was_rolled_back_is_not_in_the_lineage() -> None:
    snapshots = [written(1, None), written(2, 1), written(3, 2), written(4, 2)]
    metadata = json.dumps({"current-snapshot-id": 4, "snapshots": snapshots})
    assert [s.snapshot_id for s in history_of(metadata).lineage] == [4, 2, 1]
    assert history_of(metadata).lineage[0].rows_in_table == 4
    assert [s.snapshot_id for s in history_of(metadata).others] == [3]


def test_a_lineage_ends_where_snapshots_have_expired() -> None:
    snapshots = [written(3, 2), written(4, 3)]
    metadata = json.dumps({"current-snapshot-id": 4, "snapshots": snapshots})
    assert [s.snapshot_id for s in history_of(metadata).lineage] == [4, 3]


def test_a_snapshot_behind_a_gap_is_none_that_the_newest_leads_to() -> None:
    snapshots = [written(1, None), written(3, 2), written(4, 3)]
    found = history_of(json.dumps({"current-snapshot-id": 4, "snapshots": snapshots}))
    assert [s.snapshot_id for s in found.lineage] == [4, 3]
    assert [s.snapshot_id for s in found.others] == [1]


def test_what_a_tag_names_is_known() -> None:
    snapshots = [written(1, None), written(2, 1), written(3, 2)]
    refs = {
        "main": {"snapshot-id": 3, "type": "branch"},
        "audit": {"snapshot-id": 2, "type": "tag", "max-ref-age-ms": 1},
    }
    metadata = {"current-snapshot-id": 3, "snapshots": snapshots, "refs": refs}
    found = history_of(json.dumps(metadata))
    assert [s.snapshot_id for s in found.nameless(found.lineage)] == [1]


def test_a_table_without_a_snapshot_has_no_lineage() -> None:
    for current in (None, -1):
        assert (
            history_of(json.dumps({"current-snapshot-id": current, "snapshots": []})).lineage == []
        )


def test_a_position_is_found_behind_snapshots_of_compaction() -> None:
    lineage = newest_first(snapshot(1, TRADE), snapshot(2, TRADE), snapshot(3), snapshot(4))
    found = newest_with(lineage, TRADE)
    assert found is not None
    assert found.snapshot_id == 2
    assert newest_with(lineage, STATE) is None


def test_the_snapshot_that_tells_the_position_is_kept_however_old() -> None:
    lineage = newest_first(snapshot(1, TRADE), snapshot(2, TRADE), snapshot(3), snapshot(4))
    assert needed_since_ms(lineage, ()) == 2_000


def test_each_topics_position_is_kept() -> None:
    lineage = newest_first(snapshot(1), snapshot(2, STATE), snapshot(3, TRADE), snapshot(4, TRADE))
    assert needed_since_ms(lineage, ()) == 2_000


def test_a_position_that_nothing_will_ask_for_is_not_kept() -> None:
    lineage = newest_first(snapshot(1), snapshot(2, STATE), snapshot(3, TRADE), snapshot(4, TRADE))
    assert needed_since_ms(lineage, {STATE}) == 4_000


def test_the_current_snapshot_is_always_needed() -> None:
    assert needed_since_ms(newest_first(snapshot(1), snapshot(2)), ()) == 2_000


def test_the_snapshot_that_a_slow_reader_began_with_is_kept_however_old() -> None:
    lineage = newest_first(snapshot(1), snapshot(2), snapshot(3))
    assert current_at_ms(lineage, 2_500) == 2_000
    assert current_at_ms(lineage, 3_000) == 3_000
    assert current_at_ms(lineage, 500) == 500


def test_a_clock_that_stepped_back_takes_no_snapshot_that_is_needed() -> None:
    lineage = newest_first(snapshot(1, TRADE, at_ms=90), snapshot(2, at_ms=50), snapshot(3))
    assert needed_since_ms(lineage, ()) == 50


def test_a_position_is_outrun_when_every_table_has_reached_it() -> None:
    assert is_outrun({0: 5, 1: 7}, [{0: 5, 1: 9}, {0: 6, 1: 7}])
    assert not is_outrun({0: 5, 1: 7}, [{0: 5, 1: 9}, {0: 4, 1: 7}])
    assert not is_outrun({0: 5, 1: 7}, [{0: 5}])


def committed(number: int, operation: str, *, replaced: int = 0) -> Snapshot:
    """Return a snapshot that replaced some of its parent's manifests, and kept the others."""
    summary = {"operation": operation, "manifests-replaced": str(replaced)}
    return Snapshot(number, number * 1_000, summary, number - 1 or None)


def ids(snapshots: Sequence[Snapshot]) -> list[int]:
    return [snapshot.snapshot_id for snapshot in snapshots]


def test_what_an_append_adds_to_is_repeated() -> None:
    lineage = newest_first(*(committed(number, "append") for number in (1, 2, 3)))
    assert ids(repeated(lineage, 9_000)) == [2, 1]


def test_what_a_reader_may_be_about_to_read_is_not_repeated_yet() -> None:
    lineage = newest_first(*(committed(number, "append") for number in (1, 2, 3)))
    assert ids(repeated(lineage, 2_000)) == [1]


def test_what_compaction_replaced_is_not_repeated() -> None:
    lineage = newest_first(
        committed(1, "append"), committed(2, "append"), committed(3, "replace"), snapshot(4)
    )
    assert ids(repeated(lineage, 9_000)) == [1]


def test_what_an_append_wrote_anew_is_not_repeated() -> None:
    lineage = newest_first(committed(1, "append"), committed(2, "append", replaced=1))
    assert repeated(lineage, 9_000) == []


def test_an_append_that_does_not_tell_repeats_nothing() -> None:
    assert repeated(newest_first(snapshot(1), snapshot(2)), 9_000) == []


def test_a_position_that_a_repeated_snapshot_tells_is_kept() -> None:
    teller = committed(1, "append")
    teller.summary[TRADE] = "{}"
    lineage = newest_first(teller, committed(2, "append"), committed(3, "append"))
    assert repeated(lineage, 9_000) == []


def test_a_table_without_a_snapshot_repeats_nothing() -> None:
    assert repeated([], 9_000) == []


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Snapshot, frozenset[int]]]:
    """Return snapshots, oldest first, as appends and compactions leave them, with their manifests.

    An append adds a manifest, and now and then puts all into one; a compaction replaces some.
    """
    found: list[tuple[Snapshot, frozenset[int]]] = []
    manifests = frozenset[int]()
    for number in range(1, draw(st.integers(1, 12)) + 1):
        kind = draw(st.sampled_from(("append", "append", "merge", "replace")))
        gone = frozenset[int]()
        if kind == "merge":
            gone = manifests
        elif kind == "replace":
            gone = frozenset(draw(st.sets(st.sampled_from(sorted(manifests or {0})))))
        operation = "replace" if kind == "replace" else "append"
        replaced = len(gone & manifests)
        manifests = manifests - gone | {number}
        found.append((committed(number, operation, replaced=replaced), manifests))
    return found


@given(history=histories(), before_ms=st.integers(0, 15_000))
def test_every_manifest_of_a_repeated_snapshot_is_one_of_a_snapshot_that_stays(
    history: list[tuple[Snapshot, frozenset[int]]], before_ms: int
) -> None:
    gone = ids(repeated(newest_first(*(each for each, _ in history)), before_ms))
    staying = [manifests for each, manifests in history if each.snapshot_id not in gone]
    for each, manifests in history:
        assert any(manifests <= of_it for of_it in staying), each.snapshot_id
    assert history[-1][0].snapshot_id not in gone
