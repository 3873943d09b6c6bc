"""What the snapshots of a table tell: the properties that landing leaves, and which it still needs.

A table's history is short: expiry cuts it, and takes out what newer snapshots repeat (`expiry.py`).
Whatever is asked of it here must hold whoever wrote the newest snapshots: compaction and the other
job leave some without our properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from pyspark.sql import SparkSession

from src.decoding import json_decoded
from src.streaming.session import CATALOG, NAMESPACE

#: Begins every property that landing writes into a snapshot's summary.
PROPERTY_PREFIX = "guildhall."


class TableError(Exception):
    """A table is not one that rows can safely land in; the text says the cause and the remedy."""


class Snapshot(Struct, frozen=True, rename="kebab"):
    """A snapshot as Iceberg writes it down: `timestamp_ms` is when it was committed, UTC.

    `manifest_list` is the file of its own in which its manifests are named.
    """

    snapshot_id: int
    timestamp_ms: int
    summary: dict[str, str]
    parent_snapshot_id: int | None = None
    manifest_list: str = ""

    @property
    def rows_in_table(self) -> int:
        """How many rows the table has at this snapshot."""
        return int(self.summary.get("total-records", 0))

    @property
    def repeats_parent(self) -> bool:
        """Whether it names every manifest that its parent names, and so every file."""
        is_append = self.summary.get("operation") == "append"
        return is_append and self.summary.get("manifests-replaced") == "0"


class History(Struct, frozen=True):
    """The snapshots that a table has.

    `lineage` are the current one and its ancestors, newest first, as far back as each leads to the
    next; `others` are those behind a gap, and those that were rolled back. `named` are the ids of
    those that a branch or a tag names: Iceberg forgets none of them.
    """

    lineage: list[Snapshot]
    others: list[Snapshot]
    named: frozenset[int]

    @property
    def every(self) -> list[Snapshot]:
        """All snapshots, those of the lineage first."""
        return [*self.lineage, *self.others]

    def nameless(self, snapshots: Iterable[Snapshot]) -> list[Snapshot]:
        """Return those of some snapshots that no branch and no tag names."""
        return [snapshot for snapshot in snapshots if snapshot.snapshot_id not in self.named]


class _Name(Struct, rename="kebab"):
    snapshot_id: int


class _Metadata(Struct, rename="kebab"):
    current_snapshot_id: int | None = None
    snapshots: list[Snapshot] = []
    refs: dict[str, _Name] = {}


def load_table(spark: SparkSession, table: str) -> Any:  # noqa: ANN401 - Iceberg's own, in Java
    """Return Iceberg's table, as it is now."""
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    return jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(
        spark._jsparkSession,  # noqa: SLF001 - as above
        f"{CATALOG}.{NAMESPACE}.{table}",
    )


def read_history(spark: SparkSession, table: str) -> History:
    """Return the snapshots of a table."""
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    return history_in(load_table(spark, table), jvm.org.apache.iceberg.TableMetadataParser)


def read_lineage(spark: SparkSession, table: str) -> list[Snapshot]:
    """Return the current snapshot of a table and its ancestors, newest first."""
    return read_history(spark, table).lineage


def history_in(table: Any, metadata_parser: Any) -> History:  # noqa: ANN401 - as above
    """Return the history of a table as it was loaded; both arguments are Iceberg's own, in Java."""
    # One call for all of it: a call for each property of each snapshot would take seconds.
    return history_of(metadata_parser.toJson(table.operations().current()))


def history_of(metadata: str | bytes) -> History:
    """Return the snapshots in a table's metadata.

    Snapshots that were rolled back are not of its lineage: their rows are not in the table.
    """
    decoded = json_decoded(metadata, _Metadata)
    lineage = list(_ancestors(decoded))
    known = {snapshot.snapshot_id for snapshot in lineage}
    others = [snapshot for snapshot in decoded.snapshots if snapshot.snapshot_id not in known]
    return History(lineage, others, frozenset(name.snapshot_id for name in decoded.refs.values()))


def newest_with(lineage: Sequence[Snapshot], name: str) -> Snapshot | None:
    """Return the newest snapshot that carries a property, or None."""
    return next((snapshot for snapshot in lineage if name in snapshot.summary), None)


def newest_change(lineage: Sequence[Snapshot]) -> Snapshot | None:
    """Return the newest snapshot that is not the same rows written anew, or None."""
    return next((each for each in lineage if each.summary.get("operation") != "replace"), None)


def _ancestors(metadata: _Metadata) -> Iterator[Snapshot]:
    by_id = {snapshot.snapshot_id: snapshot for snapshot in metadata.snapshots}
    following = by_id.get(metadata.current_snapshot_id or 0)
    while following is not None:
        yield following
        following = by_id.get(following.parent_snapshot_id or 0)
