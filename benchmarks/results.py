"""What a benchmark found, in the form that `--json` prints and the page is written from."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from msgspec import Struct

from benchmarks.wire import Measured

#: What answers a request; the other processes work behind its answer.
SERVING = ("api", "redis")
#: What works behind the answer, until all has landed.
BEHIND = ("relay", "kafka", "streaming")


class Spread(Struct, frozen=True):
    """The median of some runs, the least and the most of them."""

    median: float
    low: float
    high: float


def spread(values: Iterable[float]) -> Spread:
    """Return the spread of one value a run."""
    ordered = sorted(values)
    return Spread(statistics.median(ordered), ordered[0], ordered[-1])


class Run(Struct, frozen=True, kw_only=True):
    """One run of a load: `cpu_s` is the processor time that each server process took for it."""

    load: Measured
    cpu_s: dict[str, float]

    @property
    def rate(self) -> float:
        """Requests answered a second."""
        return self.load.requests / self.load.seconds

    def cpu_ms(self, names: Iterable[str]) -> float:
        """Processor milliseconds a request of these processes together."""
        return sum(self.cpu_s.get(name, 0.0) for name in names) / self.load.requests * 1_000


class HttpRow(Struct, frozen=True, kw_only=True):
    """Requests of one kind beside the plain hello, run in turns.

    Attributes:
        name: for `--only`.
        title: what was asked for.
        unit: what one request holds `per_request` of.
        connections: kept alive, each with one request under way.
        runs, hello: as many of each, in the order in which they took turns.
    """

    name: str
    title: str
    unit: str
    per_request: int
    connections: int
    runs: tuple[Run, ...]
    hello: tuple[Run, ...]

    def rate(self) -> Spread:
        """Units a second."""
        return spread(run.rate * self.per_request for run in self.runs)

    def hello_rate(self) -> Spread:
        """Requests a second of the hello."""
        return spread(run.rate for run in self.hello)

    def share_of_hello(self) -> Spread:
        """Requests a second, as a share of those of the hello run just before."""
        return spread(run.rate / plain.rate for run, plain in self._pairs())

    def ms(self, place: int) -> Spread:
        """A percentile of `Measured.ms`."""
        return spread(run.load.ms[place] for run in self.runs)

    def cpu_ms(self, *names: str) -> Spread:
        """Processor milliseconds a unit of these processes together."""
        return spread(run.cpu_ms(names) / self.per_request for run in self.runs)

    def hello_cpu_ms(self) -> Spread:
        """Processor milliseconds of one hello."""
        return spread(run.cpu_ms(["hello"]) for run in self.hello)

    def cpu_in_hellos(self) -> Spread:
        """Processor time of one request, of what serves it, in hellos."""
        return spread(run.cpu_ms(SERVING) / plain.cpu_ms(["hello"]) for run, plain in self._pairs())

    def client_us(self) -> Spread:
        """Processor microseconds a request of the load client."""
        return spread(
            run.load.client_cpu_s / run.load.requests * 1e6 for run in (*self.runs, *self.hello)
        )

    def _pairs(self) -> list[tuple[Run, Run]]:
        return list(zip(self.runs, self.hello, strict=True))


class PeerRow(Struct, frozen=True, kw_only=True):
    """A peer's trades beside ours, run in turns with the same requests.

    Attributes:
        name: for `--only`.
        title: what the peer is.
        runs, ours: as many of each, in the order in which they took turns.
        figures: what else was seen of it.
    """

    name: str
    title: str
    runs: tuple[Run, ...]
    ours: tuple[Run, ...]
    figures: tuple[Figure, ...] = ()

    def rate(self) -> Spread:
        """Trades a second of the peer."""
        return spread(run.rate for run in self.runs)

    def ours_per_its(self) -> Spread:
        """Trades a second of ours, as so many times those of the peer's run just after."""
        return spread(our.rate / its.rate for our, its in self._pairs())

    def ms(self, place: int) -> Spread:
        """A percentile of `Measured.ms` of the peer."""
        return spread(run.load.ms[place] for run in self.runs)

    def cpu_ms(self) -> Spread:
        """Processor milliseconds a trade of all the peer's processes."""
        return spread(run.cpu_ms(run.cpu_s) for run in self.runs)

    def cpu_ms_by_process(self) -> dict[str, Spread]:
        """The same of each process, by its name."""
        return {
            name: spread(run.cpu_ms([name]) for run in self.runs) for name in self.runs[0].cpu_s
        }

    def cpu_ours_per_its(self) -> Spread:
        """Processor time of a trade of ours until it has landed, in trades of the peer."""
        return spread(our.cpu_ms(our.cpu_s) / its.cpu_ms(its.cpu_s) for our, its in self._pairs())

    def _pairs(self) -> list[tuple[Run, Run]]:
        return list(zip(self.ours, self.runs, strict=True))


class Figure(Struct, frozen=True, kw_only=True):
    """Something else that was measured, once a run."""

    name: str
    title: str
    unit: str
    values: tuple[float, ...]

    def spread(self) -> Spread:
        """The values' spread."""
        return spread(self.values)


class QuestionRow(Struct, frozen=True, kw_only=True):
    """An economy question on an engine, over the tables of so many trades.

    `first_s` is what the first asking took, `seconds` each one after it; a question that takes long
    is asked less often.
    """

    question: str
    engine: str
    trades: int
    first_s: float
    seconds: tuple[float, ...]

    def spread(self) -> Spread:
        """Seconds for an answer, the first one left out."""
        return spread(self.seconds)


class Timed(Struct, frozen=True):
    """What was found of questions so far, and each answer that was missing or wrong."""

    rows: tuple[QuestionRow, ...] = ()
    faults: tuple[str, ...] = ()

    def with_more(self, rows: Iterable[QuestionRow], faults: Iterable[str]) -> Timed:
        """Return this and more."""
        return Timed((*self.rows, *rows), (*self.faults, *faults))


class Goal(Struct, frozen=True, kw_only=True):
    """What is aimed at, and the median that was reached."""

    title: str
    wanted: str
    reached: str
    is_met: bool


class Results(Struct, frozen=True, kw_only=True):
    """A whole run of the benchmarks.

    `machine` and `versions` are facts by name; `command` repeats the run; `left_out` says of each
    row that was not measured why; `faults` are end-state checks that failed; `memory_mib` is
    resident memory by process, read at the end.
    """

    command: str
    machine: dict[str, str]
    versions: dict[str, str]
    runs: int
    seconds: float
    rows: tuple[HttpRow, ...] = ()
    peers: tuple[PeerRow, ...] = ()
    left_out: dict[str, str] = {}
    figures: tuple[Figure, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    memory_mib: dict[str, float] = {}
    goals: tuple[Goal, ...] = ()
    faults: tuple[str, ...] = ()
