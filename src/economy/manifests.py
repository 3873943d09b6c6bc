"""Which data files an Iceberg snapshot holds, read fast.

pyiceberg derives a decoder from the Avro schema anew for each manifest, which takes far longer
than decoding it. All manifests of a table have the same schema, so one decoder serves them; and a
manifest never changes once it is written, so a process reads each once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import unquote, urlsplit

from msgspec import Struct, structs
from pyiceberg.avro.decoder import new_decoder
from pyiceberg.avro.file import AvroFile
from pyiceberg.avro.reader import Reader
from pyiceberg.avro.resolver import resolve_reader
from pyiceberg.io import InputFile
from pyiceberg.manifest import (
    DEFAULT_READ_VERSION,
    MANIFEST_ENTRY_SCHEMAS,
    MANIFEST_LIST_FILE_SCHEMAS,
    DataFile,
    DataFileContent,
    FileFormat,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
    PartitionFieldSummary,
    data_file_with_partition,
    manifest_entry_schema_with_data_file,
)
from pyiceberg.schema import Schema
from pyiceberg.typedef import StructProtocol
from pyiceberg.types import DateType, StructType
from pyiceberg.utils.schema_conversion import AvroSchemaConversion

Row = TypeVar("Row", bound=StructProtocol)

_Shape = tuple[Schema, dict[int, Callable[..., Any]], dict[int, Callable[..., Any]]]

#: How each kind of file is decoded: its schema, and the classes of structs and of choices in it by
#: field id. The ids are those of Iceberg's specification, "Manifests" and "Manifest Lists".
_SHAPES: dict[str, _Shape] = {
    "manifest list": (
        MANIFEST_LIST_FILE_SCHEMAS[DEFAULT_READ_VERSION],
        {-1: ManifestFile, 508: PartitionFieldSummary},
        {517: ManifestContent},
    ),
    "manifest": (
        MANIFEST_ENTRY_SCHEMAS[DEFAULT_READ_VERSION],
        {-1: ManifestEntry, 2: DataFile},
        {0: ManifestEntryStatus, 101: FileFormat, 134: DataFileContent},
    ),
}

#: A new file has the number of its manifest, which is known only by the manifests' list.
_OF_ITS_MANIFEST = -1

_EPOCH = date(1970, 1, 1)

#: The field of a data file that says which partition it is of.
_PARTITION = 102

#: Manifests whose file names are kept: some of each table. Fewer are read again, more take memory.
_MANIFESTS_KEPT = 1_024


class LiveFile(Struct, frozen=True):
    """A data file of a snapshot.

    `sequence_number` is that of the commit that brought its rows, or of the newest of them when
    compaction has written them anew (Iceberg's specification, "Sequence Numbers"). `day` is the
    day that all its rows are of, UTC; None where the table is not partitioned by days.
    """

    path: str
    sequence_number: int
    day: date | None
    rows: int


class DeleteFilesError(ValueError):
    """A snapshot has delete files, which this reader does not apply; the text counts them."""


def data_files(manifest_list: str) -> Iterator[LiveFile]:
    """List a snapshot's data files.

    Args:
        manifest_list: where the snapshot's manifest list lies.

    Raises:
        DeleteFilesError: the snapshot has live delete files.
        OSError: a file is not there.
        ValueError: a file is not what the specification says.
    """
    with _Records[ManifestFile](local_path(manifest_list), "manifest list") as manifests:
        for manifest in manifests:
            files = _live_files(local_path(manifest.manifest_path))
            if manifest.content is ManifestContent.DELETES and files:
                raise DeleteFilesError(f"{len(files)} or more delete files, as {files[0].path}")
            for file in files:
                if file.sequence_number != _OF_ITS_MANIFEST:
                    yield file
                else:
                    yield structs.replace(file, sequence_number=manifest.sequence_number)


def local_path(location: str) -> str:
    """Return the path of a `file:` address, or the path as it is."""
    return unquote(urlsplit(location).path) if location.startswith("file:") else location


@lru_cache(maxsize=_MANIFESTS_KEPT)
def _live_files(manifest: str) -> tuple[LiveFile, ...]:
    """Return the files that a manifest names and does not call deleted."""
    with _Records[ManifestEntry](manifest, "manifest") as entries:
        return tuple(
            _live_file(entry)
            for entry in entries
            if entry.status is not ManifestEntryStatus.DELETED
        )


def _live_file(entry: ManifestEntry) -> LiveFile:
    number = entry.sequence_number
    days = entry.data_file.partition[0] if len(entry.data_file.partition) else None
    return LiveFile(
        path=local_path(entry.data_file.file_path),
        sequence_number=_OF_ITS_MANIFEST if number is None else number,
        day=None if days is None else _EPOCH + timedelta(days=days),
        rows=entry.data_file.record_count,
    )


class _Records(AvroFile[Row]):
    """An Avro file whose reader is made once for all files of its kind and schema."""

    def __init__(self, path: str, kind: str) -> None:
        super().__init__(_LocalFile(path))
        self._kind = kind

    def __enter__(self) -> Self:
        with self.input_file.open() as file:
            self.decoder = new_decoder(file.read())
        self.header = self._read_header()
        self.reader = _reader(self.header.meta["avro.schema"], self._kind)
        return self


@lru_cache(maxsize=64)
def _reader(written: str, kind: str) -> Reader:
    """Return what decodes the records of a file whose header has this Avro schema."""
    schema = AvroSchemaConversion().avro_to_iceberg(json.loads(written))
    wanted, structs_of, choices_of = _SHAPES[kind]
    if kind == "manifest":
        # Of what a table is partitioned by, only a day is asked for.
        partition = schema.find_field(_PARTITION).field_type
        days = [f for f in getattr(partition, "fields", ()) if isinstance(f.field_type, DateType)]
        data_file = data_file_with_partition(StructType(*days[:1]), DEFAULT_READ_VERSION)
        wanted = manifest_entry_schema_with_data_file(DEFAULT_READ_VERSION, data_file)
    return resolve_reader(schema, wanted, structs_of, choices_of)


class _LocalFile(InputFile):
    """A file of this machine, for pyiceberg; its own adapters load pyarrow or fsspec first."""

    def __len__(self) -> int:
        return Path(self.location).stat().st_size

    def exists(self) -> bool:
        return Path(self.location).exists()

    def open(self, seekable: bool = True) -> BufferedReader:  # noqa: ARG002, FBT001, FBT002 - theirs
        return Path(self.location).open("rb")
