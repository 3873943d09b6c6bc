"""The broker's own books, brought from the form of Kafka 4.3 to that of 4.2.

Guildhall ran Kafka 4.3.1 until a fault of it was found (docs/decisions/0047). What a broker writes
down about itself and its topics differs between the two in three numbers of one byte: the level of
`metadata.version`, and the versions of two records, which differ in a tagged field that 4.2 passes
over. By the schemas that their jars carry (`common/metadata/*.json`) that is all. Topics, offsets
and transactions have one form in both.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import crc32c
from kafka.record.default_records import DefaultRecordBatch as Batch
from kafka.record.util import decode_varint

#: The newest form that the broker here reads, that of 4.2, and the one that can be brought to it.
LEVEL_MAX = 29
LEVEL_OF_4_3 = 30

_LEVEL = re.compile(rb"metadata\.version(..)", re.DOTALL)

#: The format of batches of records that all Kafkas since 0.11 write.
_FORMAT = 2

#: Kinds of records, and the version of theirs that is new in 4.3 (`RegisterBrokerRecord`,
#: `BrokerRegistrationChangeRecord`).
_NEW_IN_4_3 = {0: 4, 17: 3}
#: `FeatureLevelRecord`, its version and the name: the level follows in two bytes.
_FEATURE_LEVEL = bytes([12, 0, len("metadata.version") + 1]) + b"metadata.version"


class UnreadableBooks(Exception):
    """The broker here cannot read the books, nor can they be changed; nothing was."""


def level_of(folder: Path) -> int | None:
    """Return in which form a broker keeps its books, as Kafka numbers its `metadata.version`.

    Args:
        folder: that was given to `broker.render_config`.

    Returns:
        None for a folder that was not formatted yet.
    """
    try:
        written = _bootstrap(folder).read_bytes()
    except FileNotFoundError:
        return None
    found = _LEVEL.search(written)
    return None if found is None else int.from_bytes(found[1])


def make_readable(folder: Path) -> None:
    """Bring the books of a broker that does not run to a form that the broker here reads.

    A death in between leaves what a second call brings to its end. The books of 4.3 are kept.

    Args:
        folder: as `level_of` takes it.

    Raises:
        UnreadableBooks: they are other than expected.
    """
    level = level_of(folder)
    if level is None or level <= LEVEL_MAX:
        return
    if level != LEVEL_OF_4_3:
        raise UnreadableBooks(
            f"metadata.version is {level}, and this Kafka reads up to {LEVEL_MAX}"
        )
    log = folder / "data" / "__cluster_metadata-0"
    # The level is told by the last of them.
    paths = [*sorted(log.glob("*.log")), *sorted(log.glob("*.checkpoint")), _bootstrap(folder)]
    books = {path: path.read_bytes() for path in paths}
    rewritten = {path: taken_back(written) for path, written in books.items()}
    kept, new = folder / "books-of-kafka-4.3", folder / "books.new"
    if not kept.exists():
        _write_all(new, books)
        new.rename(kept)
    _write_all(new, rewritten)
    for path in paths:
        (new / path.name).replace(path)
    new.rmdir()
    os.sync()


def _write_all(folder: Path, books: Mapping[Path, bytes]) -> None:
    """Write files by their names into a folder of their own, with the rights that they have."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, written in books.items():
        (folder / path.name).write_bytes(written)
        shutil.copymode(path, folder / path.name)
    # Whenever the power fails, there are the old ones or the new.
    os.sync()


def taken_back(written: bytes) -> bytes:
    """Return a file of the books as 4.2 would have written it; one of 4.2 is returned as it is.

    Raises:
        UnreadableBooks: a record is other than expected.
    """
    books = bytearray(written)
    for begin, end in _batches(books):
        for value in _values(books, begin, end):
            _change(books, value)
        checked = begin + Batch.ATTRIBUTES_OFFSET
        checksum = crc32c.crc32c(memoryview(books)[checked:end])
        books[begin + Batch.CRC_OFFSET : checked] = checksum.to_bytes(4)
    return bytes(books)


def _bootstrap(folder: Path) -> Path:
    return folder / "data" / "bootstrap.checkpoint"


def _batches(books: bytearray) -> Iterator[tuple[int, int]]:
    """Iterate over where batches of records of the broker begin and end."""
    begin = 0
    while begin + Batch.HEADER_STRUCT.size <= len(books):
        _, length, _, magic, checksum, attributes, *_ = Batch.HEADER_STRUCT.unpack_from(
            books, begin
        )
        end = begin + Batch.AFTER_LEN_OFFSET + length
        checked = memoryview(books)[begin + Batch.ATTRIBUTES_OFFSET : end]
        is_whole = len(checked) == end - begin - Batch.ATTRIBUTES_OFFSET
        if not is_whole or crc32c.crc32c(checked) != checksum:
            # Cut short when the broker died: Kafka cuts it off.
            return
        if magic != _FORMAT or attributes & Batch.CODEC_MASK:
            raise UnreadableBooks(f"the batch at byte {begin} is compressed or of another format")
        if not attributes & Batch.CONTROL_MASK:
            yield begin, end
        begin = end


def _values(books: bytearray, begin: int, end: int) -> Iterator[int]:
    """Iterate over where the values of a batch's records begin."""
    at = begin + Batch.HEADER_STRUCT.size
    while at < end:
        length, at = decode_varint(books, at)
        following = at + length
        _, at = decode_varint(books, at + 1)  # After the attributes: the time.
        _, at = decode_varint(books, at)  # The offset.
        key_length, at = decode_varint(books, at)
        _, at = decode_varint(books, at + max(key_length, 0))  # The value's length.
        yield at
        at = following


def _change(books: bytearray, at: int) -> None:
    """Write a record's version, or its level, as 4.2 does; its length stays."""
    frame, kind, version = books[at : at + 3]
    if frame != 1:
        raise UnreadableBooks(f"the record at byte {at} has frame version {frame}")
    if version == _NEW_IN_4_3.get(kind):
        books[at + 2] = version - 1
    level = slice(at + 1 + len(_FEATURE_LEVEL), at + 3 + len(_FEATURE_LEVEL))
    if books[at + 1 : level.start] == _FEATURE_LEVEL and books[level] == LEVEL_OF_4_3.to_bytes(2):
        books[level] = LEVEL_MAX.to_bytes(2)
