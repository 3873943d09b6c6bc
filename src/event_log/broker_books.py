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
import struct
from collections.abc import Iterator
from pathlib import Path

import crc32c

#: The newest form that the broker here reads, that of 4.2, and the one that can be brought to it.
LEVEL_MAX = 29
LEVEL_OF_4_3 = 30

_LEVEL = re.compile(rb"metadata\.version(..)", re.DOTALL)

#: A batch of records: its header, from the offset of the first to the number of records (Kafka's
#: "Message Format", version 2). The checksum is of all that follows it.
_HEADER = struct.Struct(">qiibIhiqqqhii")
_BEFORE_LENGTH, _BEFORE_CHECKED = 12, 21
_FORMAT, _COMPRESSED, _CONTROL = 2, 0x07, 0x20
#: The bit of a number's byte that says that more bytes follow.
_MORE = 0x80

#: Kinds of records, and the version of theirs that is new in 4.3 (`RegisterBrokerRecord`,
#: `BrokerRegistrationChangeRecord`).
_NEW_IN_4_3 = {0: 4, 17: 3}
#: `FeatureLevelRecord`, its version and the name: the level follows in two bytes.
_FEATURE_LEVEL = bytes([12, 0, len("metadata.version") + 1]) + b"metadata.version"


class UnreadableBooks(Exception):
    """The books are not written as Kafka 4.3 writes them; nothing was changed."""


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


def take_back(folder: Path) -> Path:
    """Bring the books of a broker that does not run from the form of 4.3 to that of 4.2.

    A death in between leaves what a second call brings to its end.

    Args:
        folder: as `level_of` takes it.

    Returns:
        Where the books as they were are kept.

    Raises:
        UnreadableBooks: they are other than expected.
    """
    log = folder / "data" / "__cluster_metadata-0"
    # The level is told by the last of them.
    books = [*sorted(log.glob("*.log")), *sorted(log.glob("*.checkpoint")), _bootstrap(folder)]
    rewritten = {path: taken_back(path.read_bytes()) for path in books}
    kept = folder / "books-of-kafka-4.3"
    new = folder / "books.new"
    if not kept.exists():
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        for path in books:
            shutil.copy2(path, new)
        new.rename(kept)
    for path, text in rewritten.items():
        new.write_bytes(text)
        shutil.copymode(path, new)
        # Whenever the power fails, there are the old ones or the new.
        os.sync()
        new.replace(path)
    os.sync()
    return kept


def taken_back(written: bytes) -> bytes:
    """Return a file of the books as 4.2 would have written it; one of 4.2 is returned as it is.

    Raises:
        UnreadableBooks: a record is other than expected.
    """
    books = bytearray(written)
    for begin, end in _batches(books):
        for value in _values(books, begin, end):
            _change(books, value)
        checksum = crc32c.crc32c(memoryview(books)[begin + _BEFORE_CHECKED : end])
        books[begin + _BEFORE_CHECKED - 4 : begin + _BEFORE_CHECKED] = checksum.to_bytes(4)
    return bytes(books)


def _bootstrap(folder: Path) -> Path:
    return folder / "data" / "bootstrap.checkpoint"


def _batches(books: bytearray) -> Iterator[tuple[int, int]]:
    """Iterate over where batches of records of the broker begin and end."""
    begin = 0
    while begin + _HEADER.size <= len(books):
        _, length, _, magic, checksum, attributes, *_ = _HEADER.unpack_from(books, begin)
        end = begin + _BEFORE_LENGTH + length
        checked = memoryview(books)[begin + _BEFORE_CHECKED : end]
        if len(checked) != end - begin - _BEFORE_CHECKED or crc32c.crc32c(checked) != checksum:
            # Cut short when the broker died: Kafka cuts it off.
            return
        if magic != _FORMAT or attributes & _COMPRESSED:
            raise UnreadableBooks(f"the batch at byte {begin} is compressed or of another format")
        if not attributes & _CONTROL:
            yield begin, end
        begin = end


def _values(books: bytearray, begin: int, end: int) -> Iterator[int]:
    """Iterate over where the values of a batch's records begin."""
    at = begin + _HEADER.size
    while at < end:
        length, at = _varint(books, at)
        following = at + length
        _, at = _varint(books, at + 1)  # After the attributes: the time.
        _, at = _varint(books, at)  # The offset.
        key_length, at = _varint(books, at)
        _, at = _varint(books, at + max(key_length, 0))  # The value's length.
        yield at
        at = following


def _varint(books: bytearray, at: int) -> tuple[int, int]:
    """Return a number of variable length, zigzag as in Protocol Buffers, and where it ends."""
    number = shift = 0
    while True:
        byte = books[at]
        at += 1
        number |= (byte & ~_MORE) << shift
        shift += 7
        if not byte & _MORE:
            return (number >> 1) ^ -(number & 1), at


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
