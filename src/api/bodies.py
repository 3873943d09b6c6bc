"""Bodies: decoded and checked by msgspec; when that fails, each fault is named with its path."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from jsonschema import Draft202012Validator

from src.api.errors import InvalidRequest, MalformedBody
from src.decoding import json_decoded

Body = TypeVar("Body")

#: More faults than a person reads at once.
_FAULTS_MAX = 20
#: What msgspec raises for text that is not JSON; lists in lists beyond any use count as such.
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decoded(data: bytes, kind: type[Body]) -> Body:
    """Return `data` as a `kind`.

    Raises:
        MalformedBody: it is not JSON.
        InvalidRequest: it is JSON but not a `kind`; names each fault.
    """
    try:
        return json_decoded(data, kind)
    except msgspec.ValidationError as error:
        raise InvalidRequest(_faults(data, kind) or [_first_fault(error)]) from error
    except _NOT_JSON as error:
        raise _malformed(error) from error


@cache
def _validator(kind: Hashable) -> Draft202012Validator:
    return Draft202012Validator(msgspec.json.schema(kind))


def _faults(data: bytes, kind: type[Any]) -> list[dict[str, str]]:
    """Return all faults; none when only msgspec can tell (it is the stricter of the two).

    Raises:
        MalformedBody: a fault was met first, but behind it this is not even JSON.
    """
    try:
        found = _validator(cast("Hashable", kind)).iter_errors(msgspec.json.decode(data))
        return [
            {"path": error.json_path, "fault": _shortened(error.message)}
            for error, _ in zip(found, range(_FAULTS_MAX), strict=False)
        ]
    except msgspec.ValidationError:  # a number that is larger than any
        return []
    except _NOT_JSON as error:
        raise _malformed(error) from error


def _malformed(error: Exception) -> MalformedBody:
    return MalformedBody(f"{error}. Send one JSON object in UTF-8.")


def _first_fault(error: msgspec.ValidationError) -> dict[str, str]:
    message, _, place = str(error).partition(" - at `")
    return {"path": place.rstrip("`") or "$", "fault": message}


def _shortened(message: str) -> str:
    """Cut a message that quotes a whole body back."""
    longest = 200
    return message if len(message) <= longest else message[:longest] + "..."
