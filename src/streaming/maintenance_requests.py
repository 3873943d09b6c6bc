"""How a command asks the landing processes for maintenance: files in `var/run/maintenance`.

The tables of a running stack are written by its landing processes only (`writers.py`). A command
leaves a request there; each process answers for the tables that are its own.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from src.config import Settings
from src.decoding import json_decoded
from src.streaming.maintenance import Upkeep

#: A request that is older was left by a command that was killed.
_STALE_S = 3_600
_POLL_S = 0.2


class Request(Struct, frozen=True):
    """Tables that a command wants maintained now; `anew` is of `maintenance.maintain`."""

    request_id: str
    tables: tuple[str, ...]
    anew: bool = False


class Unanswered(Exception):
    """The landing process ended, or hangs, before it had maintained all tables."""

    def __init__(self, tables: Sequence[str]) -> None:
        """Name the tables that were not maintained."""
        super().__init__(f"no answer for {', '.join(tables)}")
        self.tables = tuple(tables)


def ask(
    settings: Settings,
    tables: Sequence[str],
    told: Callable[[Upkeep], None],
    *,
    is_waiting: Callable[[], bool],
    anew: bool = False,
) -> None:
    """Ask for maintenance of tables and tell each answer as it comes.

    Args:
        settings: of the stack.
        tables: which ones.
        told: is given each table's answer.
        anew: make materialized views of all rows.
        is_waiting: whether an answer can still come.

    Raises:
        Unanswered: it cannot, and some tables have none.
    """
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    request = Request(uuid.uuid4().hex, tuple(tables), anew)
    path = _request_path(folder, request.request_id)
    _write(path, msgspec.json.encode(request))
    left = list(tables)
    try:
        while left:
            could_come = is_waiting()
            answered = [name for name in left if _answer_path(folder, request, name).exists()]
            for name in answered:
                answer = _answer_path(folder, request, name)
                told(json_decoded(answer.read_bytes(), Upkeep))
                left.remove(name)
            if left and not answered and not could_come:
                raise Unanswered(left)
            time.sleep(_POLL_S if left else 0)
    finally:
        path.unlink(missing_ok=True)
        for name in tables:
            _answer_path(folder, request, name).unlink(missing_ok=True)


def waiting_requests(settings: Settings) -> Iterator[Request]:
    """Iterate over the requests that wait, forgetting those that nobody waits for any more."""
    for path in sorted(_folder(settings).glob("*.request.json")):
        try:
            if time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink(missing_ok=True)
                continue
            yield json_decoded(path.read_bytes(), Request)
        except FileNotFoundError:
            continue  # whoever asked has just gone


def answer(settings: Settings, request: Request, upkeep: Upkeep) -> None:
    """Tell whoever asked what was done to a table."""
    _write(_answer_path(_folder(settings), request, upkeep.table), msgspec.json.encode(upkeep))


def is_answered(settings: Settings, request: Request, table: str) -> bool:
    """Say whether a table's answer lies there already."""
    return _answer_path(_folder(settings), request, table).exists()


def _folder(settings: Settings) -> Path:
    return settings.var / "run" / "maintenance"


def _request_path(folder: Path, request_id: str) -> Path:
    return folder / f"{request_id}.request.json"


def _answer_path(folder: Path, request: Request, table: str) -> Path:
    return folder / f"{request.request_id}.{table}.answer.json"


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    begun = path.with_suffix(".begun")
    begun.write_bytes(content)
    begun.rename(path)
