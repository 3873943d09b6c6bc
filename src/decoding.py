"""Decoders, made one at a time, because msgspec works a type out where other threads see it.

At a type's first use msgspec (0.22.0, `StructInfo_Convert` in its `_core.c`) puts what it knows of
the type's fields on the class before it knows all of it, so that types may name themselves. A
thread that decodes with the half-made result reads through a null pointer, and the process ends
with signal 11. So a type is worked out here, under one lock, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from threading import RLock
from typing import Any, TypeVar, cast

import msgspec

Kind = TypeVar("Kind")

_WORKING_OUT = RLock()


def json_decoder(kind: type[Kind]) -> msgspec.json.Decoder[Kind]:
    """Return a new decoder of JSON to a `kind`; any thread may use it."""
    with _WORKING_OUT:
        return msgspec.json.Decoder(kind)


def msgpack_decoder(kind: type[Kind]) -> msgspec.msgpack.Decoder[Kind]:
    """Return a new decoder of MessagePack to a `kind`; any thread may use it."""
    with _WORKING_OUT:
        return msgspec.msgpack.Decoder(kind)


def json_decoded(data: bytes | str | msgspec.Raw, kind: type[Kind]) -> Kind:
    """Return JSON as a `kind`, whose decoder is kept.

    Raises:
        msgspec.DecodeError: it is not JSON, or no `kind`.
    """
    return cast("Kind", _kept_decoder(cast("Hashable", kind)).decode(data))


def converted(value: object, kind: type[Kind], *, strict: bool = True) -> Kind:
    """Return `value`, made of Python's own types, as a `kind`; not strict reads numbers in text.

    Raises:
        msgspec.ValidationError: it is no `kind`.
    """
    _kept_decoder(cast("Hashable", kind))  # so that `kind` is worked out
    return msgspec.convert(value, kind, strict=strict)


@cache
def _kept_decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return json_decoder(cast("type", kind))
