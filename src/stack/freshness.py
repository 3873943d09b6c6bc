"""How fresh the tables are, read from the snapshots that Iceberg keeps as JSON.

Only files are read: neither Spark nor an engine needs to run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: The time of the newest event of a snapshot, as the landing job notes it with the rows.
_NEWEST = "guildhall.newest_occurred_at.{topic}"


@dataclass(frozen=True)
class Landed:
    """The newest snapshot of a topic's table: its newest event, and when it became visible."""

    newest_occurred_at: datetime
    committed_at: datetime

    @property
    def seconds(self) -> float:
        """From the commit in Redis to a visible row; 0 when the clock went back in between."""
        return max(0.0, (self.committed_at - self.newest_occurred_at).total_seconds())


def newest_landed(warehouse: str, topic: str) -> Landed | None:
    """Return the newest landing into a topic's table; None when nothing has landed there.

    Snapshots of maintenance land nothing and are passed over.

    Args:
        warehouse: the folder of the tables.
        topic: an event topic; its table has the same name.
    """
    wanted = _NEWEST.format(topic=topic)
    for snapshot in _snapshots(Path(warehouse) / "guildhall" / topic / "metadata"):
        if newest := snapshot["summary"].get(wanted):
            return Landed(
                newest_occurred_at=_utc(newest),
                committed_at=datetime.fromtimestamp(snapshot["timestamp-ms"] / 1000, tz=UTC),
            )
    return None


def worst(landings: Iterable[Landed | None]) -> float | None:
    """Return the seconds of the slowest landing; None when there is none."""
    known = [landing.seconds for landing in landings if landing is not None]
    return round(max(known), 3) if known else None


def _snapshots(metadata: Path) -> list[dict[str, Any]]:
    """Return the current snapshot and its ancestors, newest first."""
    try:
        version = (metadata / "version-hint.text").read_text().strip()
        table: Mapping[str, Any] = json.loads((metadata / f"v{version}.metadata.json").read_text())
    except OSError:
        # There is no table yet, or its old metadata was removed while we looked.
        return []
    by_id = {snapshot["snapshot-id"]: snapshot for snapshot in table.get("snapshots", [])}
    lineage = []
    following = by_id.get(table.get("current-snapshot-id"))
    while following is not None:
        lineage.append(following)
        following = by_id.get(following.get("parent-snapshot-id"))
    return lineage


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
