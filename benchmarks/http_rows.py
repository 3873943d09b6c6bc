"""The benchmarks over HTTP, each in turns with the plain hello."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from benchmarks.results import HttpRow, Run
from benchmarks.stand import Stand
from benchmarks.wire import Load, WorkloadName

#: The players among whom trades and reads are drawn.
TRADING_PLAYERS = 10_000
#: Answers that a run may hold: done, created or settled, and refused by the rules.
_STATUSES = frozenset({200, 201, 409})


class Size(Struct, frozen=True, kw_only=True):
    """How large a run of the benchmarks is.

    Attributes:
        runs: of each row, and of the hello beside it.
        seconds: of each run.
        warm_s: of the load before the first run, which does not count; 0 for none.
        players_many, players_most: there are as many when creation is measured again.
        backlog_events: records that wait when landing begins.
        freshness_s: how long events come evenly.
        question_trades: how many trades the tables hold in which questions are asked, in turn.
        asks_presto: whether Presto is asked too, where its jars are.
        presto_runs: how often it is asked, after the first time.
    """

    runs: int
    seconds: float
    warm_s: float = 2.0
    trading_players: int = TRADING_PLAYERS
    players_many: int
    players_most: int
    backlog_events: int
    freshness_s: float
    question_trades: tuple[int, ...]
    asks_presto: bool
    presto_runs: int = 2


FULL = Size(
    runs=5,
    seconds=3.0,
    players_many=100_000,
    players_most=1_000_000,
    backlog_events=600_000,
    freshness_s=30.0,
    question_trades=(100_000, 1_000_000, 10_000_000),
    asks_presto=True,
)
QUICK = Size(
    runs=3,
    seconds=3.0,
    players_many=15_000,
    players_most=50_000,
    backlog_events=90_000,
    freshness_s=20.0,
    question_trades=(100_000,),
    asks_presto=False,
)


class Plan(Struct, frozen=True, kw_only=True):
    """A row: what is sent, how many players there are before, and who of them takes part.

    `trading` is the number of players that are drawn from, all that trade in other rows when not
    given; `skew` the exponent of Zipf's law by which they are drawn, 0 for uniformly.
    """

    name: str
    title: str
    unit: str
    workload: WorkloadName
    players: Callable[[Size], int]
    trading: Callable[[Size], int] = lambda size: size.trading_players
    skew: float = 0.0
    connections: int = 32
    per_request: int = 1
    requests_max: int = 0


def _creations(name: str, title: str, players: Callable[[Size], int]) -> Plan:
    return Plan(
        name=name,
        title=title,
        unit="players",
        workload="create",
        players=players,
        requests_max=1_000,
    )


_TRADE = Plan(
    name="trade",
    title="one trade a request, uniform over 10,000 players",
    unit="trades",
    workload="trade",
    players=lambda size: size.trading_players,
)
_BATCH = Plan(
    name="batch",
    title="100 trades a request, uniform over 10,000 players",
    unit="trades",
    workload="batch",
    players=lambda size: size.trading_players,
    connections=8,
    per_request=100,
)
_READ = Plan(
    name="read",
    title="the whole state of a player",
    unit="reads",
    workload="read",
    players=lambda size: size.trading_players,
)
#: The row of the hot set, and the players that everyone trades with there.
HOT = "trade_hot"
_HOT_PLAYERS = 50

PLANS = (
    _creations("create_first", "create a player, from 10 players on", lambda _size: 10),
    replace(_TRADE, name="trade_1", connections=1),
    replace(_TRADE, name="trade_16", connections=16),
    _TRADE,
    replace(_TRADE, name="trade_128", connections=128),
    replace(
        _TRADE,
        name="trade_zipf",
        title="one trade a request, by Zipf's law over 10,000 players",
        skew=1.0,
    ),
    replace(
        _TRADE,
        name=HOT,
        title=f"one trade a request, all among the same {_HOT_PLAYERS} players",
        trading=lambda _size: _HOT_PLAYERS,
    ),
    replace(_BATCH, name="batch_10", title="10 trades a request", per_request=10, connections=16),
    _BATCH,
    replace(_BATCH, name="batch_1000", title="1,000 trades a request", per_request=1_000),
    replace(_READ, name="read_1", connections=1),
    replace(_READ, name="read_16", connections=16),
    _READ,
    replace(_READ, name="read_128", connections=128),
    _creations(
        "create_many", "create a player, when there are many", lambda size: size.players_many
    ),
)
#: Measured when the stack's memory has been read: so many players are in nobody's way before.
LAST_PLAN = _creations(
    "create_most", "create a player, when there are most", lambda size: size.players_most
)


class Beside(Protocol):
    """Something that takes its turn after each of our runs, with the same load."""

    def warm(self, load: Load) -> None:
        """Take a load that does not count."""

    def take_turn(self, load: Load) -> None:
        """Take a load that counts."""


def prepare(plan: Plan, stand: Stand, size: Size, note: Callable[[str], None]) -> None:
    """Let there be the players that a row needs, and choose those that trade."""
    note(f"{plan.name}: there shall be {plan.players(size):,} players ...")
    stand.ensure_players(min(plan.players(size), size.trading_players))
    stand.write_players(plan.players(size))
    stand.choose_players(plan.trading(size))


def measure(
    plan: Plan,
    stand: Stand,
    size: Size,
    note: Callable[[str], None],
    beside: Sequence[Beside] = (),
) -> HttpRow:
    """Run the hello, a row, and what is measured beside it in turns; return the first two."""
    prepare(plan, stand, size, note)
    if size.warm_s:
        stand.hello(size.warm_s, plan.connections)
    if size.warm_s and plan.workload != "create":
        warming = _load(plan, size.warm_s, seed=0)
        stand.serve(warming)
        for other in beside:
            other.warm(warming)
    runs, hellos = [], []
    for number in range(1, size.runs + 1):
        hello = stand.hello(size.seconds, plan.connections)
        load = _load(plan, size.seconds, seed=number)
        run = stand.serve(load)
        if plan.workload == "create":
            stand.remember(run.load)
        hellos.append(hello)
        runs.append(run)
        note(
            f"{plan.name}: run {number} of {size.runs}: {run.rate * plan.per_request:,.0f} "
            f"{plan.unit}/s, p99 {run.load.ms[1]:.1f} ms; hello {hello.rate:,.0f}/s"
        )
        for other in beside:
            other.take_turn(load)
    return HttpRow(
        name=plan.name,
        title=plan.title,
        unit=plan.unit,
        per_request=plan.per_request,
        connections=plan.connections,
        runs=tuple(runs),
        hello=tuple(hellos),
    )


def faults_of(row: HttpRow) -> Iterator[str]:
    """Tell each answer that is neither a success nor a refusal by the rules."""
    for run in (*row.runs, *row.hello):
        yield from unwanted(row.name, run)
        yield from _faults_of_run(row, run)


def unwanted(name: str, run: Run) -> Iterator[str]:
    """Tell each status among the answers of a row's run that should not be there."""
    load = run.load
    for status in sorted(load.statuses.keys() - _STATUSES):
        yield f"{name}: {load.statuses[status]:,} answers of status {status}: {load.faults[:1]}"


def _faults_of_run(row: HttpRow, run: Run) -> Iterator[str]:
    load = run.load
    if load.busy:
        yield f"{row.name}: {load.busy:,} trades of batches were given up as busy"
    results = load.settled + load.refused + load.busy
    if results and results != load.requests * row.per_request:
        yield f"{row.name}: {load.requests * row.per_request:,} trades, {results:,} results"


def _load(plan: Plan, seconds: float, seed: int) -> Load:
    return Load(
        workload=plan.workload,
        connections=plan.connections,
        seconds=seconds,
        requests_max=plan.requests_max,
        batch_size=plan.per_request,
        skew=plan.skew,
        seed=seed,
    )
