"""What this version aims at, held against what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.results import Goal, HttpRow, Results

SHARE_OF_HELLO_MIN = 0.2
#: How many times a peer's trades a second ours should be, by the name of the peer's row.
TIMES_PEER_MIN = {"trade_naive": 10.0, "trade_postgres": 1.5, "trade_postgres_go": 1.5}
TRADE_P99_MS_MAX = 50.0
BATCH_TRADES_PER_S_MIN = 8_000
BACKLOG_ROWS_PER_S_MIN = 25_000
FRESHNESS_S_P50_MAX = 1.5
FRESHNESS_S_P99_MAX = 3.0
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
        yield _at_least(
            "single trades, as a share of the hello's requests/s",
            SHARE_OF_HELLO_MIN,
            trade.share_of_hello().median,
            ".2f",
        )
        yield _at_most("single trades, p99 in ms", TRADE_P99_MS_MAX, trade.ms(1).median, ".1f")
    if batch := rows.get("batch"):
        wanted, reached = BATCH_TRADES_PER_S_MIN, batch.rate().median
        yield _at_least("batches of 100, trades/s", wanted, reached, ",.0f")
    if (first := rows.get("create_first")) and (many := rows.get("create_many")):
        yield _creation_goal(first, many)


def _peer_goals(results: Results) -> Iterator[Goal]:
    for peer in results.peers:
        title = f"single trades/s, in those of `{peer.name}`"
        yield _at_least(title, TIMES_PEER_MIN[peer.name], peer.ours_per_its().median, ".1f")


def _creation_goal(first: HttpRow, many: HttpRow) -> Goal:
    """Creation costs the same when it costs the same number of hellos."""
    grown = many.cpu_in_hellos().median / first.cpu_in_hellos().median
    title = "creating a player when there are many, in processor time of creating the first"
    return _at_most(title, 1.15, grown, ".2f")


def _figure_goals(results: Results) -> Iterator[Goal]:
    medians = {figure.name: figure.spread().median for figure in results.figures}
    if reached := medians.get("backlog_rows"):
        yield _at_least("landing a backlog, rows/s", BACKLOG_ROWS_PER_S_MIN, reached, ",.0f")
    if reached := medians.get("freshness_p50"):
        yield _at_most("freshness at 1,000 events/s, p50 in s", FRESHNESS_S_P50_MAX, reached, ".2f")
    if reached := medians.get("freshness_p99"):
        yield _at_most("freshness at 1,000 events/s, p99 in s", FRESHNESS_S_P99_MAX, reached, ".2f")


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
