"""What a table's snapshots tell, and which of them expiry must keep; no Spark runs."""

from __future__ import annotations

import json

from src.streaming.expiry import current_at_ms, is_outrun, needed_since_ms
from src.streaming.history import Snapshot, lineage_of, newest_with

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
    assert [s.snapshot_id for s in lineage_of(metadata)] == [4, 2, 1]
    assert lineage_of(metadata)[0].rows_in_table == 4


def test_a_lineage_ends_where_snapshots_have_expired() -> None:
    snapshots = [written(3, 2), written(4, 3)]
    metadata = json.dumps({"current-snapshot-id": 4, "snapshots": snapshots})
    assert [s.snapshot_id for s in lineage_of(metadata)] == [4, 3]


def test_a_table_without_a_snapshot_has_no_lineage() -> None:
    for current in (None, -1):
        assert lineage_of(json.dumps({"current-snapshot-id": current, "snapshots": []})) == []


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
