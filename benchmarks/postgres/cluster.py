"""A PostgreSQL server of its own, on this machine's programs, with one database and its schema."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import PGconn, Ping

from benchmarks.servers import BenchmarkFailed, environment, wait_for_port
from src.classes.item import Catalogue
from src.classes.player import Player
from src.config import Settings
from src.stack.layout import ROOT, Layout
from src.stack.parts.postgres import program

FOLDER = Path(__file__).parent
_USER = "guildhall"
_DATABASE = "postgres"
#: Longer than a busy machine needs from listening to letting clients in.
_OPEN_S_MAX = 60.0
_POLL_S = 0.05


def sql(name: str) -> bytes:
    """Return what a file of SQL says."""
    return (FOLDER / f"{name}.sql").read_bytes()


def lacks_postgres() -> str:
    """Return what is missing to run PostgreSQL here; empty when nothing is."""
    return "" if program("initdb") else "PostgreSQL is not installed"


class Cluster:
    """A server that runs: its process, and what a client needs to reach it."""

    def __init__(self, pid: int, settings: Settings, password: str) -> None:
        """Speak of the server on `settings.postgres_port`."""
        self.pid = pid
        #: What libpq reads; the front gets it in its environment.
        self.address: Mapping[str, str] = {
            "PGHOST": settings.postgres_host,
            "PGPORT": str(settings.postgres_port),
            "PGUSER": _USER,
            "PGDATABASE": _DATABASE,
            "PGPASSWORD": password,
        }

    def wait_until_open(self) -> None:
        """Wait until the server lets clients in, which is a moment after it listens.

        Raises:
            BenchmarkFailed: it takes too long.
        """
        deadline = time.monotonic() + _OPEN_S_MAX
        address = f"host={self.address['PGHOST']} port={self.address['PGPORT']}".encode()
        while PGconn.ping(address) != Ping.OK:
            if time.monotonic() > deadline:
                raise BenchmarkFailed("PostgreSQL listens and lets nobody in")
            time.sleep(_POLL_S)

    def load(self, catalogue: Catalogue, players: Iterable[Player]) -> None:
        """Make the tables and the function, and write items and players."""
        players = list(players)
        with closing(self.connect()) as connection:
            for name in ("schema", "trade"):
                connection.execute(sql(name))
            _copy(connection, "copy_items", ((item.item_id, item.value) for item in catalogue))
            _copy(connection, "copy_players", map(_player_row, players))
            _copy(connection, "copy_holdings", _holding_rows(players))
            connection.execute(sql("settle_tables"))

    def totals(self) -> dict[int, int]:
        """Return what all players hold together: by item, and 0 for gold."""
        with closing(self.connect()) as connection:
            rows = connection.execute(sql("totals")).fetchall()
        return {int(item_id): int(held) for item_id, held in rows}

    def settled(self) -> int:
        """Count the trades that were settled."""
        with closing(self.connect()) as connection:
            ((count,),) = connection.execute(sql("settled")).fetchall()
        return int(count)

    def connect(self) -> psycopg.Connection[Any]:
        """Return a connection whose statements are transactions of their own."""
        address = self.address
        return psycopg.connect(
            host=address["PGHOST"],
            port=address["PGPORT"],
            user=address["PGUSER"],
            dbname=address["PGDATABASE"],
            password=address["PGPASSWORD"],
            autocommit=True,
        )


@contextmanager
def running_cluster(name: str, settings: Settings) -> Iterator[Cluster]:
    """Make a server on `settings.postgres_port` and run it; its data is removed at the end.

    Args:
        name: of its folder below `settings.var`, and of its log.
        settings: its address, port and folder.

    Raises:
        BenchmarkFailed: it could not be made, or did not start.
    """
    data, password = settings.var / name / "data", secrets.token_hex(16)
    data.mkdir(parents=True, mode=0o700)
    _make(data, password, settings)
    log = Layout.of(settings).log_of(name)
    options = (
        *("-c", f"listen_addresses={settings.postgres_host}"),
        *("-c", f"port={settings.postgres_port}"),
    )
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*_launch(data, "postgres"), *options],
            cwd=ROOT,
            env=environment(settings),
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_port(settings.postgres_port, process, log)
        cluster = Cluster(process.pid, settings, password)
        cluster.wait_until_open()
        yield cluster
    finally:
        process.send_signal(signal.SIGINT)  # SIGTERM would wait for who is still connected
        process.wait()
        shutil.rmtree(data.parent)


def _make(data: Path, password: str, settings: Settings) -> None:
    # By password, so that nobody else on this machine is let in; in clear, as it does not leave it.
    options = (f"--username={_USER}", "--auth=password", "--encoding=UTF8", "--no-locale")
    made = subprocess.run(
        [*_launch(data, "initdb"), *options],
        cwd=ROOT,
        env=environment(settings),
        input=password,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise BenchmarkFailed(f"PostgreSQL could not be prepared:\n{made.stderr}")
    owner = data.stat()
    shutil.copyfile(FOLDER / "postgresql.conf", data / "postgresql.conf")
    os.chown(data / "postgresql.conf", owner.st_uid, owner.st_gid)


def _launch(data: Path, name: str) -> tuple[str, ...]:
    # PostgreSQL refuses to run as root; this becomes its user first.
    return (sys.executable, "-m", "src.stack.parts.postgres_launch", str(data), name)


def _copy(
    connection: psycopg.Connection[Any], name: str, rows: Iterable[tuple[object, ...]]
) -> None:
    with connection.cursor() as cursor, cursor.copy(sql(name)) as copy:
        for row in rows:
            copy.write_row(row)


def _player_row(player: Player) -> tuple[object, ...]:
    inventory = player.inventory
    return (
        player.player_id,
        player.version,
        player.username,
        player.player_class,
        player.guild,
        player.gold,
        inventory.max_capacity,
        inventory.used_capacity,
    )


def _holding_rows(players: Iterable[Player]) -> Iterator[tuple[int, int, int]]:
    for player in players:
        for item_id, quantity in player.inventory.items.items():
            yield player.player_id, item_id, quantity
