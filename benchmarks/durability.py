"""What an acknowledged commit costs with each setting of Redis' durability.

`python -m benchmarks.durability` runs the commit script alone, on a Redis of its own for each
setting: connections that each commit the trade of two players, one after the other. No HTTP and no
rules: the difference between the settings is all that is left to see.
"""

from __future__ import annotations

import argparse
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Literal, get_args

import msgspec
import redis
from msgspec import Struct

from benchmarks.machine import machine
from benchmarks.results import Spread, spread
from src.bootstrap import build_outbox, build_store
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.config import Settings
from src.decoding import json_decoded
from src.services.ports import Change, Commit, Committed
from src.stack.layout import ROOT, Layout
from src.stack.redis_command import redis_command

Fsync = Literal["always", "everysec"]

CONNECTIONS = (1, 8, 32)
_SEND = "--send"
#: Processes that the connections are spread over: one Python cannot keep Redis busy.
_SENDERS = 4
#: Each connection has players of its own, so that no commit meets another.
_PLAYERS_EACH = 2
#: The lines of a trade between two players, with their states: three events.
_LINES_BYTES = 1_600
_PATIENCE_S = 60.0


def measure(
    seconds: float,
    runs: int,
    connections: Sequence[int] = CONNECTIONS,
    settings_tried: Sequence[Fsync] = get_args(Fsync),
) -> Iterator[tuple[Fsync, int, list[float]]]:
    """Iterate over commits a second, one figure a run, by setting and number of connections."""
    for fsync in settings_tried:
        with _redis(fsync) as settings:
            for count in connections:
                yield fsync, count, [_run(settings, count, seconds) for _ in range(runs)]


def page(rows: Sequence[tuple[Fsync, int, list[float]]]) -> str:
    """Return the figures as a table, and the machine that they belong to."""
    lines = [f"{name}: {value}" for name, value in machine().items()]
    lines += ["", "| connections | setting | commits/s, median | lowest | highest |"]
    lines += ["|---|---|---|---|---|"]
    for fsync, connections, rates in sorted(rows, key=lambda row: row[1]):
        found: Spread = spread(rates)
        lines.append(
            f"| {connections} | `{fsync}` | {found.median:,.0f} | {found.low:,.0f} "
            f"| {found.high:,.0f} |"
        )
    return "\n".join(lines)


@contextmanager
def _redis(fsync: Fsync) -> Iterator[Settings]:
    """Run a Redis in a folder that is removed at the end; writers may write."""
    folder = Path(tempfile.mkdtemp(prefix="guildhall-durability-"))
    settings = Settings(
        redis_port=_free_port(),
        redis_appendfsync=fsync,
        var_dir=str(folder),
        # Nothing publishes here: what is committed in one run must fit.
        outbox_entries_max=10**9,
        outbox_bytes_max=10**12,
    )
    layout = Layout.of(settings)
    layout.make()
    with layout.log_of("redis").open("wb") as log:
        server = subprocess.Popen(redis_command(settings, layout), stdout=log, stderr=log)
    try:
        _await_answer(settings.redis_port)
        with closing(build_outbox(settings)) as outbox:
            outbox.open_for_writers()
        yield settings
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _await_answer(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    with closing(redis.Redis(port=port)) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


def _run(settings: Settings, connections: int, seconds: float) -> float:
    """Return the commits a second of all connections together."""
    with closing(build_outbox(settings)) as outbox:
        outbox.trim(outbox.last_seq())
    senders = min(connections, _SENDERS)
    first = random.randrange(10**9) * 1_000  # noqa: S311 - players that no run before had
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.durability", _SEND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        for _ in range(senders)
    ]
    for place, child in enumerate(children):
        ids = [first + n * _PLAYERS_EACH for n in range(place, connections, senders)]
        _say(child, msgspec.json.encode(_Share(settings, ids, seconds)))
    # All have connected before the first of them commits.
    for child in children:
        _heard(child)
    for child in children:
        _say(child, b"go")
    rates = [float(_heard(child)) for child in children]
    for child in children:
        child.communicate()
    return sum(rates)


def _say(child: subprocess.Popen[bytes], line: bytes) -> None:
    pipe = _open(child.stdin)
    pipe.write(line + b"\n")
    pipe.flush()


def _heard(child: subprocess.Popen[bytes]) -> bytes:
    if not (line := _open(child.stdout).readline()):
        raise RuntimeError(f"a sender ended with {child.wait()}")
    return line


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("a sender was started without its pipes")
    return pipe


class _Share(Struct, frozen=True):
    """What one process sends: the first player of each of its connections."""

    settings: Settings
    first_ids: list[int]
    seconds: float


def _send() -> None:
    """Commit on one thread a connection; print the commits a second."""
    share = json_decoded(sys.stdin.readline(), _Share)
    with (
        closing(build_store(share.settings)) as store,
        ThreadPoolExecutor(len(share.first_ids)) as pool,
    ):
        epoch = store.read([]).epoch

        def commits(first_id: int) -> int:
            version = 0
            until = time.monotonic() + share.seconds
            while time.monotonic() < until:
                version += 1
                (reply,) = store.commit([_commit(first_id, version)], epoch)
                if reply.__class__ is not Committed:
                    raise RuntimeError(f"a commit was answered {reply}")
            return version

        print("ready", flush=True)
        sys.stdin.readline()
        print(sum(pool.map(commits, share.first_ids)) / share.seconds)


def _commit(first_id: int, version: int) -> Commit:
    players = [
        Player(
            player_id=first_id + place,
            version=version,
            username="benchmark",
            player_class="farmer",
            gold=500,
            inventory=Inventory(100, dict.fromkeys(range(1, 11), 5)),
        )
        for place in range(_PLAYERS_EACH)
    ]
    return Commit(
        changes=tuple(Change(each, version - 1) for each in players),
        lines=bytes(_LINES_BYTES),
        events=3,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.durability", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each run")
    parser.add_argument("--runs", type=int, default=5, help="of each setting and number")
    parser.add_argument(_SEND, action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.send:
        _send()
        return
    print(page(list(measure(given.seconds, given.runs))))


if __name__ == "__main__":
    main()
