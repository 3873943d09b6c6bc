"""A Presto of its own over tables in a local folder: the product's Presto, but for its metastore.

Presto reads the very files that DuckDB reads, so that the two are compared and not their storage.
Without HDFS and the metastore's process, a plan and a read are a little faster than in the full
profile.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from pyhive import presto as client
from pyhive.exc import DatabaseError

from benchmarks.servers import BenchmarkFailed
from src.config import Settings
from src.economy.engine import EngineError
from src.economy.migrations import make_views
from src.economy.presto_engine import MIGRATIONS, PrestoEngine, presto_engine
from src.stack.layout import Layout
from src.stack.parts.java import jars
from src.stack.parts.presto import presto

#: A busy machine has taken 103 s; beyond this Presto will not come.
READY_S_MAX = 400.0

_METASTORE = Path(__file__).with_name("presto_metastore.properties")
#: What only a metastore with a process of its own has.
_OF_THE_PROCESS = ("hive.metastore.uri", "hive.metastore-timeout")
_REGISTERED = Path(__file__).with_name("registered_tables.sql")


class FolderPresto:
    """A Presto whose catalogue holds what `register` names."""

    def __init__(self, folder: Path, port: int) -> None:
        """Render its configuration below `folder`; nothing is started yet."""
        self.settings = Settings(var_dir=str(folder), profile="full", presto_port=port)
        self._process = presto(self.settings, Layout.of(self.settings))
        metastore = folder / "metastore"
        metastore.mkdir()
        catalog = self._process.folder / "etc" / "catalog" / "guildhall.properties"
        lines = catalog.read_text().splitlines()
        kept = [line for line in lines if not line.startswith(_OF_THE_PROCESS)]
        own = Template(_METASTORE.read_text()).substitute(metastore_folder=metastore)
        catalog.write_text("\n".join([*kept, own]))
        self._log = folder / "presto.log"
        self._running: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_here() -> bool:
        """Say whether the full profile's jars have been fetched."""
        return any(jars("presto").glob("*.jar"))

    def start(self) -> None:
        """Start Presto and wait until it answers.

        Raises:
            BenchmarkFailed: it does not.
        """
        with self._log.open("wb") as log:
            self._running = subprocess.Popen(
                self._process.command,
                cwd=self._process.folder,
                env={**os.environ, **self._process.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + READY_S_MAX
        while not self._answers():
            if self._running.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkFailed(f"Presto did not start:\n{self._log.read_text()[-4000:]}")
            time.sleep(0.3)
        self.ask_as(MIGRATIONS, "create schema guildhall")

    def engine(self) -> PrestoEngine:
        """Return an engine of an analyst."""
        return presto_engine(self.settings)

    def register(self, warehouse: Path) -> None:
        """Make the tables of a folder those of the catalogue, with the views over them."""
        for (name,) in self.ask_as(MIGRATIONS, _REGISTERED.read_text()):
            self.ask_as(MIGRATIONS, f"call system.unregister_table('guildhall', '{name}')")
        for table in sorted(path for path in (warehouse / "guildhall").iterdir()):
            metadata = f"file://{table / 'metadata'}"
            self.ask_as(
                MIGRATIONS,
                f"call system.register_table('guildhall', '{table.name}', '{metadata}')",
            )
        make_views(self.settings)

    def ask_as(self, user: str, sql: str) -> list[tuple[object, ...]]:
        """Run a statement in a user's name with PyHive itself and return its rows.

        Raises:
            RuntimeError: Presto refuses it.
        """
        connection = client.connect(
            self.settings.presto_host,
            port=self.settings.presto_port,
            username=user,
            catalog="guildhall",
            schema="guildhall",
            poll_interval=0.05,
        )
        cursor = connection.cursor()
        try:
            cursor.execute(sql)
            rows: list[tuple[object, ...]] = cursor.fetchall()
        except DatabaseError as error:
            # Its own text has every frame of Presto's stack.
            raise RuntimeError(f"{sql}: {error.args[0]['message']}") from None
        return rows

    def stop(self) -> None:
        """End Presto."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def _answers(self) -> bool:
        with self.engine() as engine:
            try:
                engine.ask("select 1")
            except EngineError:
                return False
        return True


@contextmanager
def presto_over(warehouse: Path, folder: Path, port: int) -> Iterator[PrestoEngine]:
    """Start a Presto over the tables of `warehouse`, yield an engine that asks it, and end it.

    Args:
        warehouse: what DuckDB reads.
        folder: for its configuration and what it spills; made.
        port: of its HTTP.
    """
    folder.mkdir(parents=True)
    running = FolderPresto(folder, port)
    try:
        running.start()
        running.register(warehouse)
        with running.engine() as engine:
            yield engine
    finally:
        running.stop()
