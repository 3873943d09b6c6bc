"""What this version aims at, held against what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.http_rows import HOT
from benchmarks.results import BEHIND, SERVING, Goal, HttpRow, Results

#: How many times a peer's trades a second ours should be, by the name of the peer's row.
TIMES_PEER_MIN = {"trade_naive": 10.0, "trade_postgres": 1.5, "trade_postgres_go": 1.5}
#: Of each pair the first is the floor of a version that may be used, the second what is aimed at.
SHARE_OF_HELLO_MIN = (0.2, 0.5)
TRADE_P99_MS_MAX = (50.0, 20.0)
BATCH_TRADES_PER_S_MIN = (8_000, 20_000)
BACKLOG_ROWS_PER_S_MIN = (25_000, 50_000)
FRESHNESS_S_P99_MAX = (3.0, 1.5)
FRESHNESS_S_P50_MAX = 1.5
TRADE_CPU_MS_MAX = 0.35
BACKLOG_CPU_US_MAX = 30.0
HOT_SHARE_MIN = 0.5
CREATION_GROWTH_MAX = 1.15
QUESTION_TRADES = 10_000_000
QUESTION_S_MAX = {"DuckDB": 0.5, "Presto": 2.0}
#: Ten times the trades must take less than ten times as long.
QUESTION_GROWTH_MAX = 10.0
MEMORY_MIB_MAX = 3 * 1024


def goals_of(results: Results) -> tuple[Goal, ...]:
    """Return the goals about which `results` say something."""
    return (
        *_http_goals(results),
        *_peer_goals(results),
        *_question_goals(results),
        *_figure_goals(results),
        *_memory_goal(results),
    )


def _http_goals(results: Results) -> Iterator[Goal]:
    rows = {row.name: row for row in results.rows}
    if trade := rows.get("trade"):
        yield from _trade_goals(trade)
        if hot := rows.get(HOT):
            title = "trades among a hot set of 50 players, as a share of the uniform rate"
            share = hot.share_of_hello().median / trade.share_of_hello().median
            yield _at_least(title, HOT_SHARE_MIN, share, ".2f")
    if batch := rows.get("batch"):
        for wanted in BATCH_TRADES_PER_S_MIN:
            yield _at_least("batches of 100, trades/s", wanted, batch.rate().median, ",.0f")
    if first := rows.get("create_first"):
        for name in ("create_many", "create_most"):
            if later := rows.get(name):
                yield _creation_goal(first, later)


def _trade_goals(trade: HttpRow) -> Iterator[Goal]:
    title = "single trades, as a share of the hello's requests/s"
    for wanted in SHARE_OF_HELLO_MIN:
        yield _at_least(title, wanted, trade.share_of_hello().median, ".2f")
    for wanted in TRADE_P99_MS_MAX:
        yield _at_most("single trades, p99 in ms", wanted, trade.ms(1).median, ".1f")
    title = "single trades, processor time of all processes together, in ms"
    yield _at_most(title, TRADE_CPU_MS_MAX, trade.cpu_ms(*SERVING, *BEHIND).median, ".2f")


def _peer_goals(results: Results) -> Iterator[Goal]:
    for peer in results.peers:
        if peer.name not in TIMES_PEER_MIN:
            continue  # the hot set: told, and no goal
        title = f"single trades/s, in those of `{peer.name}`"
        yield _at_least(title, TIMES_PEER_MIN[peer.name], peer.ours_per_its().median, ".1f")


def _creation_goal(first: HttpRow, many: HttpRow) -> Goal:
    """Creation costs the same when it costs the same number of hellos."""
    grown = many.cpu_in_hellos().median / first.cpu_in_hellos().median
    title = f"`{many.name}`, in processor time of creating the first players"
    return _at_most(title, CREATION_GROWTH_MAX, grown, ".2f")


def _figure_goals(results: Results) -> Iterator[Goal]:
    medians = {figure.name: figure.spread().median for figure in results.figures}
    if reached := medians.get("backlog_rows"):
        for rows_per_s in BACKLOG_ROWS_PER_S_MIN:
            yield _at_least("landing a backlog, rows/s", rows_per_s, reached, ",.0f")
    if reached := medians.get("backlog_cpu"):
        title = "the same, processor time a row in us"
        yield _at_most(title, BACKLOG_CPU_US_MAX, reached, ".1f")
    title = "freshness at 1,000 events/s"
    if reached := medians.get("freshness_1000_p50"):
        yield _at_most(f"{title}, p50 in s", FRESHNESS_S_P50_MAX, reached, ".2f")
    if reached := medians.get("freshness_1000_p99"):
        for age_s in FRESHNESS_S_P99_MAX:
            yield _at_most(f"{title}, p99 in s", age_s, reached, ".2f")


def _question_goals(results: Results) -> Iterator[Goal]:
    for engine, seconds_max in QUESTION_S_MAX.items():
        took = {
            (row.question, row.trades): row.spread().median
            for row in results.questions
            if row.engine == engine
        }
        most = {name: s for (name, trades), s in took.items() if trades == QUESTION_TRADES}
        if not most:
            continue
        slowest = max(most, key=lambda name: most[name])
        title = f"the slowest question at 10 million trades on {engine} (`{slowest}`), s"
        yield _at_most(title, seconds_max, most[slowest], ".2f")
        fewer = QUESTION_TRADES // 10
        growth = {name: s / took[name, fewer] for name, s in most.items() if (name, fewer) in took}
        if growth:
            steepest = max(growth, key=lambda name: growth[name])
            title = f"10 million trades against 1 million on {engine} (`{steepest}`), times as long"
            yield _at_most(title, QUESTION_GROWTH_MAX, growth[steepest], ".1f")


def _memory_goal(results: Results) -> Iterator[Goal]:
    if results.memory_mib:
        total = sum(results.memory_mib.values())
        yield _at_most("resident memory of the stack in MiB", MEMORY_MIB_MAX, total, ",.0f")


def _at_least(title: str, wanted: float, reached: float, form: str) -> Goal:
    return Goal(
        title=title,
        wanted=f"{wanted:{form}} or more",
        reached=f"{reached:{form}}",
        is_met=reached >= wanted,
    )


def _at_most(title: str, wanted: float, reached: float, form: str) -> Goal:
    return Goal(
        title=title,
        wanted=f"{wanted:{form}} or less",
        reached=f"{reached:{form}}",
        is_met=reached <= wanted,
    )
