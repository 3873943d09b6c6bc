"""Real Iceberg tables in a local folder, written by pyiceberg in the layout of a Hadoop catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.io import load_file_io
from pyiceberg.manifest import ManifestContent, write_manifest_list
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC
from pyiceberg.schema import Schema
from pyiceberg.serializers import ToOutputFile
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.metadata import TableMetadata, new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from pyiceberg.table.update import TableRequirement, TableUpdate, update_table_metadata
from pyiceberg.utils.concurrent import ExecutorFactory

from src.economy.manifests import local_path

#: The place of `content` in a manifest's record (Iceberg's specification, "Manifest Lists").
_CONTENT = 3


class FolderCatalog(NoopCatalog):
    """Commits to `metadata/v<N>.metadata.json` and `version-hint.text`, as Spark's does."""

    def __init__(self, warehouse: Path) -> None:
        super().__init__("folder")
        self.warehouse = warehouse

    def make(self, name: str, schema: Schema) -> Table:
        """Make an empty table `guildhall.<name>`."""
        folder = self.warehouse / "guildhall" / name
        metadata = new_table_metadata(
            schema, UNPARTITIONED_PARTITION_SPEC, UNSORTED_SORT_ORDER, f"file://{folder}"
        )
        (folder / "metadata").mkdir(parents=True)
        path = self._write(metadata, 1)
        return Table(("guildhall", name), metadata, path, load_file_io({}, path), self)

    def commit_table(
        self,
        table: Table,
        requirements: tuple[TableRequirement, ...],
        updates: tuple[TableUpdate, ...],
    ) -> CommitTableResponse:
        for requirement in requirements:
            requirement.validate(table.metadata)
        metadata = update_table_metadata(table.metadata, updates)
        version = int(Path(table.metadata_location).name.removeprefix("v").partition(".")[0])
        path = self._write(metadata, version + 1)
        return CommitTableResponse.model_validate({"metadata": metadata, "metadata-location": path})

    def _write(self, metadata: TableMetadata, version: int) -> str:
        folder = Path(local_path(metadata.location)) / "metadata"
        path = str(folder / f"v{version}.metadata.json")
        ToOutputFile.table_metadata(metadata, load_file_io({}, path).new_output(path))
        (folder / "version-hint.text").write_text(str(version))
        return path


def list_a_delete_manifest(table: Table) -> None:
    """Write the newest snapshot's list anew, its manifests said to hold deletes."""
    snapshot = table.current_snapshot()
    assert snapshot is not None
    assert snapshot.sequence_number is not None
    manifests = snapshot.manifests(table.io)
    for manifest in manifests:
        manifest[_CONTENT] = ManifestContent.DELETES
    Path(local_path(snapshot.manifest_list)).unlink()
    with write_manifest_list(
        2,
        table.io.new_output(snapshot.manifest_list),
        snapshot.snapshot_id,
        None,
        snapshot.sequence_number,
        "deflate",
    ) as writer:
        writer.add_manifests(manifests)


def append(
    table: Table, rows: Sequence[dict[str, Any]], properties: Mapping[str, str] | None = None
) -> None:
    """Append rows in one snapshot with properties; columns that a row lacks are null."""
    found = pa.Table.from_pylist(list(rows), schema=table.schema().as_arrow())
    table.append(found, dict(properties or {}))


def end_writers() -> None:
    """End the threads that pyiceberg keeps for writing; the next write starts new ones."""
    ExecutorFactory.get_or_create().shutdown()
    ExecutorFactory._instance = None  # noqa: SLF001 - it has no other way to be ended
