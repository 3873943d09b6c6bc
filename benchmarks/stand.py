"""The stand: a whole stack of its own, the plain hello beside it, and the load client."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import msgspec
import redis
from kafka.errors import KafkaError
from msgspec.structs import replace

from benchmarks.processes import cpu_s
from benchmarks.results import Run
from benchmarks.servers import BenchmarkFailed, free_ports, serving
from benchmarks.wire import Holding, Load, Measured
from src.bootstrap import build_outbox, issue_token
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.config import Settings
from src.decoding import json_decoded
from src.events.definitions import EVENTS
from src.player_store.codec import write_state
from src.player_store.keys import Keys
from src.stack import proc
from src.stack.lag import landing_lag
from src.stack.layout import ROOT, Layout
from src.stack.lifecycle import Progress, start, stop
from src.stack.order import names_of
from src.stack.supervisor_client import SupervisorClient

#: Longer than a busy machine needs to land what a run left.
_PATIENCE_S = 300.0
_POLL_S = 0.05
#: Looking at Kafka's offsets costs Kafka more than looking at the outbox costs Redis.
_LAG_POLL_S = 0.5
_PLAYERS_AT_ONCE = 10_000


class Stand:
    """A running stack, a running hello, and loads that are sent to them."""

    def __init__(
        self, settings: Settings, hello_port: int, hello_pid: int, token: str, ready_s: float
    ) -> None:
        """Stand on a stack that is up since `ready_s` after its start; `token` is of role game."""
        self.settings = settings
        self.ready_s = ready_s
        self.supervisor = SupervisorClient(Layout.of(settings))
        self._hello_port = hello_port
        self._hello_pid = hello_pid
        self._token = token
        self._outbox = build_outbox(settings)
        self._players: list[Holding] = []
        self._players_file = settings.var / "players.json"

    def hello(self, seconds: float, connections: int) -> Run:
        """Send hellos."""
        load = Load(
            workload="hello", port=self._hello_port, connections=connections, seconds=seconds
        )
        return self._run(load, {"hello": self._hello_pid})

    def serve(self, load: Load) -> Run:
        """Send a load to the API, and wait until all that follows from it has landed.

        `port`, `token` and `players_file` are filled in.
        """
        return self._run(self.addressed(load, self.settings.api_port), self.pids())

    def addressed(self, load: Load, port: int) -> Load:
        """Return a load that is sent to `port`, with our token and the players that were chosen."""
        return replace(load, port=port, token=self._token, players_file=str(self._players_file))

    def ensure_players(self, count: int) -> None:
        """Create players until there are `count`."""
        missing = count - len(self._players)
        if missing <= 0:
            return
        made = self.serve(Load(workload="create", seconds=_PATIENCE_S, requests_max=missing))
        self.remember(made.load)
        if len(self._players) < count:
            raise BenchmarkFailed(
                f"{missing:,} players were asked for, the API made {len(made.load.players):,}"
            )

    def write_players(self, count: int) -> None:
        """Write players into Redis until there are `count`: creating them all would take hours.

        They are in no event; the stand is thrown away at the end.
        """
        store = redis.Redis(port=self.settings.redis_port)
        with closing(store):
            keys = Keys(self.settings.realm)
            there = int(store.get(keys.player_ids) or 0)
            for first in range(there + 1, count + 1, _PLAYERS_AT_ONCE):
                ids = range(first, min(first + _PLAYERS_AT_ONCE, count + 1))
                store.mset({keys.player(i): write_state(_farmer(i)) for i in ids})
                store.set(keys.player_ids, ids[-1])

    def remember(self, made: Measured) -> None:
        """Let the players that a load created take part from now on."""
        self._players.extend(made.players)

    def choose_players(self, count: int) -> None:
        """Let the first `count` players trade in the loads that follow."""
        self._players_file.write_bytes(msgspec.json.encode(self._players[:count]))

    def chosen(self) -> list[int]:
        """Return the ids of the players that trade."""
        holdings = json_decoded(self._players_file.read_bytes(), list[Holding])
        return [holding.player_id for holding in holdings]

    def pids(self) -> dict[str, int]:
        """The processes of the stack by name."""
        states = self.supervisor.states()
        return {name: state.pid for name, state in states.items() if state.pid is not None}

    def restarts(self) -> dict[str, int]:
        """How often each process was started again after it died."""
        return {name: state.restarts for name, state in self.supervisor.states().items()}

    def memory_mib(self) -> dict[str, float]:
        """Resident memory by process, children included, in MiB."""
        return {name: proc.resident_mib(pid) for name, pid in self.pids().items()}

    def settle(self) -> None:
        """Wait until the outbox is empty and all of Kafka has landed.

        Raises:
            BenchmarkFailed: it takes too long.
        """
        self.drain()
        if not any(name.startswith("streaming") for name in self.pids()):
            return
        deadline = time.monotonic() + _PATIENCE_S
        while behind := self._behind():
            if time.monotonic() > deadline:
                raise BenchmarkFailed(f"the landing jobs do not catch up: {behind}")
            time.sleep(_LAG_POLL_S)

    def last_seq(self) -> int:
        """The number of the newest event in the outbox's Redis."""
        return self._outbox.last_seq()

    def waiting(self) -> int:
        """How many commits wait in the outbox."""
        return self._outbox.length()

    def drain(self) -> None:
        """Wait until the outbox is empty.

        Raises:
            BenchmarkFailed: it takes too long.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while waiting := self._outbox.length():
            if time.monotonic() > deadline:
                raise BenchmarkFailed(f"{waiting:,} commits still wait for Kafka")
            time.sleep(_POLL_S)

    def close(self) -> None:
        """Let go of Redis."""
        self._outbox.close()

    def _behind(self) -> str:
        """Say what has not landed yet; nothing when all has."""
        try:
            lag = landing_lag(self.settings.kafka_bootstrap, tuple(EVENTS))
        except KafkaError as error:
            return repr(error)  # a new broker makes the groups' topic when it is first asked
        return ", ".join(f"{topic} by {count}" for topic, count in lag.items() if count)

    def _run(self, load: Load, roots: dict[str, int]) -> Run:
        before = cpu_s(roots)
        measured = send(load)
        self.settle()
        after = cpu_s(roots)
        return Run(load=measured, cpu_s={name: after[name] - before[name] for name in roots})


def _farmer(player_id: int) -> Player:
    """Return a player as a new farmer is."""
    return Player(
        player_id=player_id,
        version=1,
        username=f"farmer-{player_id}",
        player_class="farmer",
        gold=500,
        inventory=Inventory(999, {5: 500, 6: 399}),
    )


def send(load: Load) -> Measured:
    """Send a load from a process of its own.

    Raises:
        BenchmarkFailed: the server did not answer.
    """
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.client"],
        cwd=ROOT,
        input=msgspec.json.encode(load),
        capture_output=True,
        check=False,
    )
    if ended.returncode != 0:
        last_line = ended.stderr.decode().strip().splitlines()[-1:]
        raise BenchmarkFailed(f"the load client ended: {' '.join(last_line)}")
    return json_decoded(ended.stdout, Measured)


@contextmanager
def standing(
    settings: Settings, progress: Progress, names: tuple[str, ...] = ()
) -> Iterator[Stand]:
    """Start a stack of its own below `settings.var`, and a hello; remove both at the end.

    Args:
        settings: of the stack that the operator would run; its folder and ports are not touched.
        progress: told about each process.
        names: the processes to start; all of its profile when empty.
    """
    ports = [field for field in Settings.__struct_fields__ if field.endswith("_port")]
    hello_port, *own_ports = free_ports(1 + len(ports))
    own = replace(
        settings,
        var_dir=str(settings.var / "bench"),
        **dict(zip(ports, own_ports, strict=True)),
        # A round would hide from the counts what has landed, and come in some runs and not others.
        maintenance_interval_s=0,
    )
    stop(own, progress)  # what an interrupted run left
    shutil.rmtree(own.var, ignore_errors=True)
    try:
        began = time.monotonic()
        start(own, progress, names or names_of(own))
        ready_s = time.monotonic() - began
        command = (sys.executable, "-m", "benchmarks.hello")
        with serving("hello", command, replace(own, api_port=hello_port)) as hello_pid:
            stand = Stand(own, hello_port, hello_pid, issue_token(own, "game"), ready_s)
            try:
                yield stand
            finally:
                stand.close()
    finally:
        stop(own, progress)
    shutil.rmtree(own.var)  # kept when something failed: the logs say why
