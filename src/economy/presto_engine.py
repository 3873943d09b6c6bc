"""Presto over the full profile's warehouse, reached with PyHive.

A question's parameters are Presto's own: the question travels as a prepared statement in a header
of its request (Presto's documentation, "HTTP Protocol"), so no value is ever put into its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import requests
from pyhive import presto
from pyhive.exc import DatabaseError, OperationalError

from src.config import Settings
from src.economy.engine import (
    Answer,
    Column,
    OpenEngine,
    Parameter,
    QueryFailedError,
    WarehouseUnreachableError,
)
from src.economy.presto_rollups import with_rollups
from src.economy.presto_types import column_type, literal, reader

#: The catalogue and the schema of the tables and views.
CATALOG = "guildhall"
SCHEMA = "guildhall"

#: Who asks questions; `deploy/presto/rules.json` lets this name read and no more.
ANALYST = "analyst"
#: Who makes the views when the stack starts; the only name that may.
MIGRATIONS = "migrations"

#: Seconds between two looks at a query that runs; PyHive's own second would be most of the wait.
_POLL_S = 0.05

#: Seconds to connect, and to wait for one piece of an answer; Presto holds a request for one.
_TIMEOUTS_S = (5.0, 60.0)

_PREPARED = "question"
_UP = "./guildhall status, then ./guildhall up"

_IS_MISSING = re.compile(r"(?:Table|Schema|View) \S+ does not exist")
_OUT_OF_REACH = frozenset({"EXTERNAL", "INTERNAL_ERROR"})


class PrestoEngine(OpenEngine):
    """Answers SQL over the warehouse as it is when each query begins.

    A question reads each table at a snapshot that was its newest `stale_s_max` before or later; two
    questions may see different ones, the later one never an older one. Of days that are over it may
    read what was there a moment before: a row that lands late just then is seen by the next one. It
    can be used as a context manager.
    """

    #: So long Presto believes what the metastore told it: `deploy/presto/catalog`.
    stale_s_max = 0.25

    def __init__(self, host: str, port: int, *, user: str, timeout_s: int) -> None:
        """Name Presto; nothing is asked yet.

        Args:
            host: where Presto is.
            port: of its HTTP.
            user: in whose name is asked; Presto's rules know the user by it.
            timeout_s: seconds after which Presto gives a query up.
        """
        self._address = f"{host}:{port}"
        self._session = requests.Session()
        self._connection = presto.connect(
            host,
            port=port,
            username=user,
            catalog=CATALOG,
            schema=SCHEMA,
            source="guildhall",
            poll_interval=_POLL_S,
            session_props={
                "query_max_execution_time": f"{timeout_s}s",
                # `unnest` of rows gives one column of rows, as it does in DuckDB.
                "legacy_unnest": "true",
            },
            requests_session=self._session,
            requests_kwargs={"timeout": _TIMEOUTS_S},
        )

    def ask(self, sql: str, parameters: Sequence[Parameter] = ()) -> Answer:
        """Return the answer to one query; see `Engine.ask`."""
        try:
            # With parameters a question travels in a header, which holds no more text.
            asked = sql if parameters else self._with_rollups(sql)
            description, rows = self._fetch(asked, parameters)
        except (requests.RequestException, OperationalError) as error:
            raise WarehouseUnreachableError(
                f"Presto does not answer at {self._address} ({error})", _UP
            ) from error
        except DatabaseError as error:
            raise _explained(error.args[0]) from error
        columns = tuple(Column(name, column_type(kind)) for name, kind, *_ in description)
        readers = [reader(kind) for _, kind, *_ in description]
        return Answer(
            columns,
            tuple(
                tuple(
                    None if cell is None else read(cell)
                    for read, cell in zip(readers, row, strict=True)
                )
                for row in rows
            ),
        )

    def _with_rollups(self, sql: str) -> str:
        try:
            return with_rollups(sql, lambda text: self._fetch(text, ())[1])
        except DatabaseError:
            # As before the first landing of this version; Presto's own views read all rows.
            return sql

    def snapshots(self) -> dict[str, int | None]:
        """Return nothing: each query reads snapshots of its own moment."""
        return {}

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _fetch(
        self, sql: str, parameters: Sequence[Parameter]
    ) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        statement = sql
        if parameters:
            self._session.headers["X-Presto-Prepared-Statement"] = f"{_PREPARED}={quote(sql)}"
            values = ", ".join(literal(value) for value in parameters)
            statement = f"execute {_PREPARED} using {values}"
        try:
            cursor = self._connection.cursor()
            cursor.execute(statement)
            description = cursor.description or []
            return description, cursor.fetchall()
        finally:
            self._session.headers.pop("X-Presto-Prepared-Statement", None)


def presto_engine(settings: Settings, user: str = ANALYST) -> PrestoEngine:
    """Return an engine that asks the Presto of these settings, in the name of `user`."""
    return PrestoEngine(
        settings.presto_host,
        settings.presto_port,
        user=user,
        timeout_s=settings.presto_timeout_s,
    )


def _explained(told: Any) -> WarehouseUnreachableError | QueryFailedError:  # noqa: ANN401 - Presto's JSON
    """Return what Presto's error means to whoever asked."""
    name, message = told.get("errorName", ""), told.get("message", "")
    if _IS_MISSING.search(message):
        return WarehouseUnreachableError(
            f"the warehouse lacks what is asked for ({message})", "run ./guildhall up"
        )
    if name == "EXCEEDED_TIME_LIMIT":
        return QueryFailedError(
            f"the query took too long ({message})", "raise GUILDHALL_PRESTO_TIMEOUT_S"
        )
    if told.get("errorType") in _OUT_OF_REACH or name == "NO_NODES_AVAILABLE":
        return WarehouseUnreachableError(
            f"Presto cannot read the warehouse ({name}: {message})",
            "ask again; if it stays so: ./guildhall logs presto, metastore, datanode",
        )
    return QueryFailedError(f"the query failed ({name}: {message})", "see its SQL")
