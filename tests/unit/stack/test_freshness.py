from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from src.stack.freshness import newest_landed, worst

_MINUTE_PAST = 1_795_364_460_000  # 2026-11-22T16:21:00Z, in milliseconds


def snapshot(number: int, parent: int | None, occurred_at: str | None) -> dict[str, Any]:
    summary = {"operation": "append" if occurred_at else "replace"}
    if occurred_at:
        summary["guildhall.newest_occurred_at.trade"] = occurred_at
    return {
        "snapshot-id": number,
        "parent-snapshot-id": parent,
        "timestamp-ms": _MINUTE_PAST + number,
        "summary": summary,
    }


def write_table(warehouse: Path, current: int | None, *snapshots: dict[str, Any]) -> None:
    metadata = warehouse / "guildhall" / "trade" / "metadata"
    metadata.mkdir(parents=True)
    table = {"current-snapshot-id": current, "snapshots": list(snapshots)}
    (metadata / "v7.metadata.json").write_text(json.dumps(table))
    (metadata / "version-hint.text").write_text("7")


def test_freshness_is_from_the_newest_event_to_the_snapshot_that_shows_it(tmp_path: Path) -> None:
    write_table(tmp_path, 250, snapshot(250, None, "2026-11-22T16:20:59Z"))
    landed = newest_landed(str(tmp_path), "trade")
    assert landed is not None
    assert landed.seconds == 1.25


def test_freshness_is_never_negative_when_the_clock_went_back(tmp_path: Path) -> None:
    # A snapshot that was made half a second before the event that it shows.
    write_table(tmp_path, 500, snapshot(500, None, "2026-11-22T16:21:01.000000Z"))
    landed = newest_landed(str(tmp_path), "trade")
    assert landed is not None
    assert landed.committed_at < landed.newest_occurred_at
    assert landed.seconds == 0.0


def test_a_snapshot_of_maintenance_is_passed_over(tmp_path: Path) -> None:
    write_table(
        tmp_path,
        3,
        snapshot(1, None, "2026-11-22T16:20:00Z"),
        snapshot(2, 1, "2026-11-22T16:20:59.500000Z"),
        snapshot(3, 2, None),
    )
    landed = newest_landed(str(tmp_path), "trade")
    assert landed is not None
    assert landed.seconds == 0.502


def test_a_snapshot_that_was_rolled_back_does_not_count(tmp_path: Path) -> None:
    rolled_back = snapshot(2, 1, "2026-11-22T16:20:59Z")
    write_table(tmp_path, 1, snapshot(1, None, "2026-11-22T16:20:30Z"), rolled_back)
    landed = newest_landed(str(tmp_path), "trade")
    assert landed is not None
    assert landed.seconds == 30.001


def test_without_a_table_or_a_landing_nothing_is_known(tmp_path: Path) -> None:
    assert newest_landed(str(tmp_path), "trade") is None
    write_table(tmp_path, None)
    assert newest_landed(str(tmp_path), "trade") is None
    assert worst([None, None]) is None


def test_the_slower_of_two_landings_is_told(tmp_path: Path) -> None:
    write_table(tmp_path, 0, snapshot(0, None, "2026-11-22T16:20:58Z"))
    slow = newest_landed(str(tmp_path), "trade")
    write_table(tmp_path / "other", 0, snapshot(0, None, "2026-11-22T16:20:59Z"))
    fast = newest_landed(str(tmp_path / "other"), "trade")
    assert worst([fast, None, slow]) == 2.0
