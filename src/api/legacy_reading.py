"""What old clients say: who they are, the words they use, and which of them mean something here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from flask import request
from msgspec import Struct

from src.api.bodies import decoded
from src.api.context import received
from src.api.errors import InvalidRequest, MalformedBody
from src.classes.item import Catalogue, Item

Body = TypeVar("Body")

#: The largest JSON of what a client said that goes into an event, in bytes. Larger ones would let
#: a client fill the log with text; smaller ones cut what real clients send.
ASKED_BYTES_MAX = 1_024
#: Characters that are kept of one word, or of its name.
WORD_LENGTH_MAX = 64
#: A guest's name is a username.
_NAME_LENGTH_MAX = 64
_LARGEST = 2**63

_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


class Said(Struct, frozen=True, kw_only=True):
    """What a request said: its Host header, the guest's name, and all other words by name."""

    host: str
    guest: str
    words: Mapping[str, Any]

    def asked(self, taken: Iterable[str] = ()) -> str:
        """Return the JSON that the event keeps: the host, and the words that were not taken."""
        left = {name: word for name, word in self.words.items() if name not in set(taken)}
        return asked_json(self.host, left)


def said() -> Said:
    """Read the request: query and JSON body together, the body's words over the query's.

    Raises:
        MalformedBody: the body is not a JSON object.
    """
    words: dict[str, Any] = dict(_query())
    user = str(words.pop("user", "")).strip()
    words |= said_body(dict[str, Any])
    host = said_host()
    return Said(host=host, guest=guest_name(user or host), words=words)


def said_body(kind: type[Body]) -> Body:
    """Return the request's JSON body; none counts as `{}`.

    Raises:
        MalformedBody: it is not JSON, or not a `kind`: old clients know 400 only.
    """
    try:
        return decoded(received().strip() or b"{}", kind)
    except InvalidRequest as error:
        told = "; ".join(f"{each['path']}: {each['fault']}" for each in error.faults)
        raise MalformedBody(told) from error


def said_host() -> str:
    """Return the Host header, whatever it is: clients set it as they like."""
    return _text(request.environ.get("HTTP_HOST", "")).strip().lower()


def guest_name(words: str) -> str:
    """Return the name of a guest: the words, or when too long their beginning and a digest."""
    if len(words) <= _NAME_LENGTH_MAX:
        return words or "nobody"
    digest = hashlib.blake2b(words.encode(), digest_size=16).hexdigest()
    return f"{words[: _NAME_LENGTH_MAX - len(digest) - 1]} {digest}"


def asked_json(host: str, words: Mapping[str, Any]) -> str:
    """Return `{"host": ..., "said": {...}}`, shortened to what an event may carry.

    Words are cut to their first characters and left out when there are too many; `"cut": true`
    says that something is missing.
    """
    kept: dict[str, Any] = {"host": host[: 4 * WORD_LENGTH_MAX]}
    fitting: dict[str, Any] = {}
    size, is_cut = len(msgspec.json.encode({**kept, "said": {}, "cut": True})), False
    for name, word in words.items():
        short_name, short = name[:WORD_LENGTH_MAX], _short(word)
        is_cut |= short_name != name or short != word
        size += len(msgspec.json.encode({short_name: short}))
        if size > ASKED_BYTES_MAX:
            is_cut = True
            break
        fitting[short_name] = short
    kept |= {"said": fitting} if fitting else {}
    kept |= {"cut": True} if is_cut else {}
    return msgspec.json.encode(kept).decode()


def chosen(catalogue: Catalogue, kind: str, words: Mapping[str, Any]) -> tuple[Item, set[str]]:
    """Return the item of a kind that was asked for, and the names of the words that told it.

    Each word that some item answers narrows the choice; of what is left the cheapest is taken. So
    whoever asks for nothing that there is gets the plain item.
    """
    left = [item for item in catalogue if item.kind == kind]
    taken: set[str] = set()
    for name, word in words.items():
        matching = [item for item in left if _is(item, name, word)]
        if matching and name in {*_DESCRIBES, f"{kind}_type"}:
            left = matching
            taken.add(name)
    return min(left, key=lambda item: (item.value, item.item_id)), taken


_DESCRIBES = ("metal", "material", "power_level", "magical")


def _is(item: Item, name: str, word: Any) -> bool:  # noqa: ANN401 - JSON of any kind
    wanted = str(word).strip().casefold()
    match name:
        case "metal" | "material":
            return wanted == item.material
        case "power_level":
            return wanted == str(item.power_level)
        case "magical":
            return wanted in (_TRUE if item.magical else _FALSE)
        case _:
            own_name = item.name.casefold()
            return wanted in {own_name, own_name.removesuffix(f" {item.kind}")}


def _query() -> list[tuple[str, str]]:
    """Return the query's words. Any bytes may stand in it: what is not UTF-8 is replaced."""
    text = _text(request.environ.get("QUERY_STRING", ""))
    return parse_qsl(text, keep_blank_values=True, errors="replace")


def _text(raw: str) -> str:
    """Return text of what WSGI hands over as Latin-1, whatever it was."""
    return raw.encode("latin-1", "replace").decode(errors="replace")


def _short(word: Any) -> Any:  # noqa: ANN401 - JSON of any kind
    match word:
        case None | bool() | float():
            return word
        case int() if abs(word) < _LARGEST:
            return word
        case str() | int():
            return str(word)[:WORD_LENGTH_MAX]
        case _:
            return msgspec.json.encode(word).decode()[:WORD_LENGTH_MAX]
