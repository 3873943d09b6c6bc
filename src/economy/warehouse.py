"""The embedded warehouse: Iceberg tables in a local folder, as a Hadoop catalog lays them out.

A table is the folder `<warehouse>/guildhall/<table>`; its newest state is the metadata file
`metadata/v<N>.metadata.json` with the highest N (Iceberg's specification, "File System Tables").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct
from pyiceberg.exceptions import ValidationError
from pyiceberg.schema import Schema
from pyiceberg.table.metadata import TableMetadata, TableMetadataUtil
from pyiceberg.table.snapshots import Operation, Snapshot

from src.economy.engine import WarehouseUnreachableError
from src.economy.manifests import DeleteFilesError, LiveFile, data_files
from src.rollups import ROLLED_UP, Rollup, days_rolled_up, days_that_hold

NAMESPACE = "guildhall"

#: The tables of materialized views, and the source of each (`src/streaming/materialized.py`).
MATERIALIZED = {"player_latest_materialized": "player_state", "first_trade_materialized": "trade"}

#: The tables that the views and questions read.
REQUIRED_TABLES = ("trade", "trade_leg", "player_state", "item", *MATERIALIZED)

#: The snapshot property, before the source's name, that says up to where a table has taken it in.
TAKEN_IN = "guildhall.taken_in."

_METADATA = re.compile(r"^v(\d+)\.metadata\.json$")


class PinnedTable(Struct, frozen=True):
    """A table at one snapshot: its columns, and the Parquet files that hold its rows.

    Rows that land later are in other files, so that whoever reads these reads one moment. The table
    of a materialized view says by `taken_in` up to which sequence number a source is in it, by the
    source's `uuid`; that of a rollup says by `rolled_up` what it was made of.
    """

    name: str
    schema: Schema
    snapshot_id: int | None
    files: tuple[LiveFile, ...]
    uuid: str
    sequence_number: int
    taken_in: Mapping[str, int]
    rolled_up: str | None


def pinned_tables(warehouse: Path) -> dict[str, PinnedTable]:
    """Return every table of the warehouse at its newest snapshot, by name.

    Raises:
        WarehouseUnreachableError: there is no warehouse, it lacks a table that the questions
            read, or a table cannot be read.
    """
    folder = warehouse / NAMESPACE
    # By name, and so `trade` before `trade_leg`: landing writes a trade's legs before the trade,
    # and who reads them the other way round finds every leg of each trade it sees. A
    # materialized view comes before its source, and so has nothing that the source does not have.
    found = {
        table.name: table
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if (table := _pinned(path)) is not None
    }
    missing = [name for name in REQUIRED_TABLES if name not in found]
    if missing:
        which = "tables" if len(missing) == len(REQUIRED_TABLES) else f"table {missing[0]!r}"
        raise WarehouseUnreachableError(
            f"the warehouse {warehouse} has no {which} yet", "run ./guildhall up"
        )
    return found


def rows_since(tables: Mapping[str, PinnedTable], view: str) -> PinnedTable:
    """Return, as a table, the rows of a view's source that its table may not have yet.

    They are the files that came after what the table has taken in. Compaction may have put earlier
    rows into them: to add these once more must not change the view.

    Args:
        tables: of one moment.
        view: one of `MATERIALIZED`.
    """
    source = tables[MATERIALIZED[view]]
    through = tables[view].taken_in.get(source.uuid, 0)
    if through > source.sequence_number:  # the source is as it was before: from a backup
        through = 0
    newer = tuple(file for file in source.files if file.sequence_number > through)
    return msgspec.structs.replace(source, name=f"{source.name}_since", files=newer)


def rolled_up_days(
    tables: Mapping[str, PinnedTable], rollup: Rollup
) -> tuple[PinnedTable | None, PinnedTable]:
    """Return, as tables, the days of a rollup that hold, and its source's rows of all other days.

    A day holds when its source has as many rows as when it was rolled up, and with running totals
    when all days before it hold as well.

    Args:
        tables: of one moment; that of the rollup is not there before the first landing.
        rollup: which one.
    """
    table, source = tables.get(rollup.table), tables[rollup.source]
    told = table and days_rolled_up(rollup, table.rolled_up, source.uuid, source.sequence_number)
    rows = Counter[date]()
    for file in source.files:
        if file.day is not None:
            rows[file.day] += file.rows
    held = set(days_that_hold(told or {}, rows, running=rollup.running is not None))
    others = tuple(file for file in source.files if file.day not in held)
    since = msgspec.structs.replace(source, name=f"{rollup.name}_source_rows", files=others)
    if table is None:
        return None, since
    days = tuple(file for file in table.files if file.day in held)
    return msgspec.structs.replace(table, files=days), since


def newest_metadata_names(warehouse: Path) -> tuple[tuple[str, str], ...]:
    """Return each table with the name of its newest metadata file; each commit changes one."""
    folder = warehouse / NAMESPACE
    found = [(path.name, newest_metadata(path)) for path in sorted(folder.glob("*"))]
    return tuple((name, newest.name) for name, newest in found if newest is not None)


def newest_metadata(table: Path) -> Path | None:
    """Return the newest metadata file of a table's folder, or None when it has none."""
    folder = table / "metadata"
    if not folder.is_dir():
        return None
    numbered = [(int(m[1]), path) for path in folder.iterdir() if (m := _METADATA.match(path.name))]
    return max(numbered)[1] if numbered else None


def _pinned(folder: Path) -> PinnedTable | None:
    metadata = newest_metadata(folder)
    if metadata is None:
        return None
    try:
        table = TableMetadataUtil.parse_raw(metadata.read_text(encoding="utf-8"))
        snapshot = table.current_snapshot()
        files = tuple(data_files(snapshot.manifest_list)) if snapshot else ()
    except DeleteFilesError as error:
        raise WarehouseUnreachableError(
            f"table {folder.name!r} has {error}, which this reader does not apply",
            "rewrite the table's data files (CALL system.rewrite_data_files)",
        ) from error
    except (OSError, ValueError, ValidationError) as error:
        raise WarehouseUnreachableError(
            f"table {folder.name!r} cannot be read ({error})", "ask again, or see ./guildhall logs"
        ) from error
    source = MATERIALIZED.get(folder.name)
    return PinnedTable(
        name=folder.name,
        schema=table.schema(),
        snapshot_id=snapshot.snapshot_id if snapshot else None,
        files=files,
        uuid=str(table.table_uuid),
        sequence_number=(snapshot.sequence_number or 0) if snapshot else 0,
        taken_in=_taken_in(snapshot, source) if snapshot and source else {},
        rolled_up=_property(changed, ROLLED_UP) if (changed := _newest_change(table)) else None,
    )


def _taken_in(newest: Snapshot, source: str) -> dict[str, int]:
    """Return what a snapshot says of what is taken in."""
    uuid, _, number = (_property(newest, TAKEN_IN + source) or "").partition(" ")
    return {uuid: int(number)} if number else {}


def _newest_change(table: TableMetadata) -> Snapshot | None:
    """Return the newest snapshot that is not the same rows written anew, or None."""
    snapshot = table.current_snapshot()
    while snapshot and snapshot.summary and snapshot.summary.operation is Operation.REPLACE:
        snapshot = table.snapshot_by_id(snapshot.parent_snapshot_id or 0)
    return snapshot


def _property(snapshot: Snapshot, name: str) -> str | None:
    return snapshot.summary.additional_properties.get(name) if snapshot.summary else None
