"""Our trades beside those of other designs, in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from msgspec.structs import replace

from benchmarks.http_rows import HOT, Plan, Size, measure, prepare, unwanted
from benchmarks.naive_peer import NaivePeer
from benchmarks.peer import Ground, Peer, Rival
from benchmarks.postgres.peer import POSTGRES_PEERS
from benchmarks.processes import cpu_s
from benchmarks.results import HttpRow, PeerRow, Run
from benchmarks.servers import free_ports
from benchmarks.stand import Stand, send
from benchmarks.wire import Load
from src.bootstrap import build_store
from src.classes.player import Player

#: In the order in which they take turns.
PEERS: tuple[Peer, ...] = (NaivePeer(), *POSTGRES_PEERS)

#: With fewer processes of its server a peer serves less; ours serves most with one.
_WORKERS = 2

_CREATED = 201
_CHUNK = 1_000


class Turns:
    """The turns that a peer takes. Implements `benchmarks.http_rows.Beside`."""

    def __init__(
        self, peer: Peer, rival: Rival, stand: Stand, port: int, note: Callable[[str], None]
    ) -> None:
        """Send the peer, which listens on `port`, what is sent to ours."""
        self.peer = peer
        self.rival = rival
        self._stand = stand
        self._port = port
        self._note = note
        self._runs: list[Run] = []
        self._settled = 0

    def warm(self, load: Load) -> None:
        """Take a load that does not count."""
        self._run(load)

    def take_turn(self, load: Load) -> None:
        """Take a load that counts."""
        run = self._run(load)
        self._runs.append(run)
        self._note(
            f"{self.peer.name}: run {len(self._runs)}: {run.rate:,.0f} trades/s, "
            f"p99 {run.load.ms[1]:.1f} ms"
        )

    def row(self, plan: Plan, ours: Sequence[Run]) -> PeerRow:
        """Return the peer's runs beside ours of a plan."""
        is_hot = plan.name == HOT
        return PeerRow(
            name=f"{self.peer.name}_hot" if is_hot else self.peer.name,
            title=f"{self.peer.title}; {plan.title}" if is_hot else self.peer.title,
            runs=tuple(self._runs),
            ours=tuple(ours),
            figures=self.rival.figures(),
        )

    def faults(self) -> Iterator[str]:
        """Tell what was answered wrongly, and what is wrong at the end."""
        for run in self._runs:
            yield from unwanted(self.peer.name, run)
        yield from (f"{self.peer.name}: {fault}" for fault in self.rival.faults(self._settled))

    def _run(self, load: Load) -> Run:
        addressed = replace(self._stand.addressed(load, self._port), reconnects=self.peer.closes)
        before = cpu_s(self.rival.pids)
        measured = send(addressed)
        after = cpu_s(self.rival.pids)
        self._settled += measured.statuses.get(_CREATED, 0)
        return Run(load=measured, cpu_s={name: after[name] - before[name] for name in before})


def measure_beside(
    plan: Plan,
    stand: Stand,
    size: Size,
    note: Callable[[str], None],
    peers: Sequence[Peer],
) -> tuple[HttpRow, list[PeerRow], list[str]]:
    """Run a row and the peers in turns; return it, them, and what was wrong with them.

    Raises:
        BenchmarkFailed: a peer did not start.
    """
    prepare(plan, stand, size, note)
    with standing_peers(stand, peers, note) as turns:
        row = measure(plan, stand, size, note, turns)
        found = [each.row(plan, row.runs) for each in turns]
        faults = [fault for each in turns for fault in each.faults()]
    return row, found, faults


@contextmanager
def standing_peers(
    stand: Stand, peers: Sequence[Peer], note: Callable[[str], None]
) -> Iterator[list[Turns]]:
    """Run peers with the players of the stand that trade."""
    with ExitStack() as stack:
        turns = []
        for peer in peers:
            note(f"{peer.name}: starting ...")
            (port,) = free_ports(1)
            ground = Ground(
                settings=replace(
                    stand.settings,
                    api_port=port,
                    api_workers=max(stand.settings.api_workers, _WORKERS),
                ),
                pids=stand.pids(),
                players=_players(stand),
            )
            rival = stack.enter_context(peer.standing(ground))
            turns.append(Turns(peer, rival, stand, port, note))
        yield turns


def _players(stand: Stand) -> list[Player]:
    chosen, store = stand.chosen(), build_store(stand.settings)
    found: list[Player] = []
    try:
        for begin in range(0, len(chosen), _CHUNK):
            found += store.read(chosen[begin : begin + _CHUNK]).players.values()
    finally:
        store.close()
    return found
