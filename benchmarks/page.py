"""`docs/reference/performance.md`, written from the results of a run and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchmarks.results import (
    BEHIND,
    SERVING,
    Figure,
    Goal,
    HttpRow,
    PeerRow,
    QuestionRow,
    Results,
    Spread,
)


def page_of(results: Results) -> str:
    """Return the page as markdown."""
    return "\n".join(line for part in _parts(results) for line in (*part, ""))


def _parts(results: Results) -> Iterator[Iterable[str]]:
    yield ("# Performance",)
    yield (
        f"Written by `{results.command}`; run it again instead of changing this page. Every row",
        "over HTTP stands beside a plain Flask hello on the same server with the same workers and",
        f"threads, in turns: {results.runs} runs of {results.seconds:g} s each (creation: 1,000",
        "players each), the median and, in brackets, the least and the most. The whole pipeline",
        "runs all the while, with `appendfsync always`, and a run's processor time is read when",
        "all that it wrote has landed. The load client shares the machine. Requests a second drift",
        "with the machine; ratios and processor time drift less.",
    )
    yield ("| machine | |", "|---|---|", *_facts(results.machine))
    yield ("| version | |", "|---|---|", *_facts(results.versions))
    if results.goals:
        yield ("## Goals",)
        yield ("| goal | wanted | reached | |", "|---|---:|---:|---|", *map(_goal, results.goals))
    yield from _over_http(results.rows)
    yield from _peers(results)
    yield from _questions_part(results.questions)
    if results.figures:
        yield (
            "## The parts",
            "",
            "Each measured by itself, where there are brackets several times.",
        )
        yield (
            "| what | unit | value |",
            "|---|---|---:|",
            *(f"| {f.title} | {f.unit} | {_figure(f)} |" for f in results.figures),
        )
    if results.memory_mib:
        yield ("## Memory", "", "Resident at the end of the run, children included.")
        yield ("| process | MiB |", "|---|---:|", *_memory(results.memory_mib))
    yield ("## End state", "", *_end(results))


def _over_http(rows: Sequence[HttpRow]) -> Iterator[Iterable[str]]:
    if not rows:
        return
    yield ("## Over HTTP",)
    yield _rates(rows)
    yield ("Latencies in milliseconds, as the client saw them:",)
    yield _latencies(rows)
    yield (
        "Processor milliseconds for one trade, player or read: of what serves it (the API's",
        "workers and Redis), of what works behind it until it has landed, and of one hello.",
        "The last column is what serves one request, counted in hellos.",
    )
    yield _costs(rows)


def _facts(facts: Mapping[str, str]) -> Iterator[str]:
    return (f"| {name} | {value} |" for name, value in facts.items())


def _goal(goal: Goal) -> str:
    verdict = "reached" if goal.is_met else "not reached"
    return f"| {goal.title} | {goal.wanted} | {goal.reached} | {verdict} |"


def _rates(rows: Iterable[HttpRow]) -> Iterator[str]:
    yield "| row | connections | a second | requests/s of hello | share of hello's requests |"
    yield "|---|---:|---:|---:|---:|"
    for row in rows:
        yield (
            f"| `{row.name}`: {row.title} | {row.connections} | {_spread(row.rate())} {row.unit} "
            f"| {_spread(row.hello_rate())} | {_spread(row.share_of_hello())} |"
        )


def _latencies(rows: Iterable[HttpRow]) -> Iterator[str]:
    yield "| row | p50 | p99 | p99.9 |"
    yield "|---|---:|---:|---:|"
    for row in rows:
        yield f"| `{row.name}` | " + " | ".join(_spread(row.ms(n)) for n in range(3)) + " |"


def _costs(rows: Iterable[HttpRow]) -> Iterator[str]:
    names = (*SERVING, *BEHIND)
    yield f"| row | {' | '.join(names)} | client, us | hello | in hellos |"
    yield f"|---|{'---:|' * (len(names) + 3)}"
    for row in rows:
        cells = [_spread(row.cpu_ms(name)) for name in names]
        cells += [f"{row.client_us().median:.0f}", _spread(row.hello_cpu_ms())]
        yield f"| `{row.name}` | {' | '.join(cells)} | {_spread(row.cpu_in_hellos())} |"


def _peers(results: Results) -> Iterator[Iterable[str]]:
    if not (results.peers or results.left_out):
        return
    yield ("## Beside other designs",)
    yield (
        "The same requests, byte for byte, to other designs of the same trade: in each round the",
        "hello, ours, then each of them, when all of ours has landed. Redis and PostgreSQL promise",
        "the same: the state that was answered is on disk. The peers look at no token. Processor",
        "milliseconds are of all processes that work for a trade: ours until it has landed in the",
        "tables, theirs until it is in their log, which nobody lands.",
    )
    yield _peer_rates(results.peers)
    yield (
        "| row | processor time, by process |",
        "|---|---|",
        *(f"| `{peer.name}` | {_by_process(peer)} |" for peer in results.peers),
    )
    figures = [(peer, figure) for peer in results.peers for figure in peer.figures]
    if figures:
        yield (
            "| row | what was seen at its end | unit | |",
            "|---|---|---|---:|",
            *(
                f"| `{peer.name}` | {f.title} | {f.unit} | {_number(f.spread().median)} |"
                for peer, f in figures
            ),
        )
    if results.left_out:
        yield (f"* `{name}` is left out: {why}." for name, why in results.left_out.items())


def _peer_rates(peers: Iterable[PeerRow]) -> Iterator[str]:
    yield (
        "| row | trades/s | trades/s of ours, in its | p50, ms | p99, ms | processor ms a trade "
        "| processor time of ours, in its |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for peer in peers:
        cells = [peer.rate(), peer.ours_per_its(), peer.ms(0), peer.ms(1)]
        cells += [peer.cpu_ms(), peer.cpu_ours_per_its()]
        told = " | ".join(map(_spread, cells))
        yield f"| `{peer.name}`: {peer.title} | {told} |"


def _by_process(peer: PeerRow) -> str:
    return ", ".join(f"{name} {_spread(of)}" for name, of in peer.cpu_ms_by_process().items())


def _questions_part(rows: Sequence[QuestionRow]) -> Iterator[Iterable[str]]:
    if not rows:
        return
    yield ("## Questions",)
    yield (
        "Seconds for an answer, asked as `./guildhall query` asks, over the tables of a drawn",
        "market that maintenance has been through: a million trades a day, about two legs and two",
        "player states a trade. In brackets the least and the most of the runs, fewer of Presto",
        "and of what takes long; in italics, what the first asking took, for which all were asked",
        "once before any was asked again.",
    )
    yield _questions(rows)


def _questions(rows: Iterable[QuestionRow]) -> Iterator[str]:
    by_place = {(row.question, row.engine, row.trades): row for row in rows}
    columns = list(dict.fromkeys((engine, trades) for _, engine, trades in by_place))
    yield f"| question | {' | '.join(f'{engine}, {trades:,}' for engine, trades in columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for question in sorted({name for name, _, _ in by_place}):
        cells = (_seconds(by_place.get((question, *column))) for column in columns)
        yield f"| `{question}` | {' | '.join(cells)} |"


def _seconds(row: QuestionRow | None) -> str:
    return "no answer" if row is None else f"{_spread(row.spread())} *{_number(row.first_s)}*"


def _memory(memory_mib: Mapping[str, float]) -> Iterator[str]:
    for name, mib in memory_mib.items():
        yield f"| {name} | {mib:,.0f} |"
    yield f"| together | {sum(memory_mib.values()):,.0f} |"


def _end(results: Results) -> Iterator[str]:
    if not results.faults:
        yield "Every answer was a success or a refusal by the rules, no process died, the outbox"
        yield "was empty and both jobs had landed everything."
    yield from (f"* {fault}" for fault in results.faults)


def _spread(of: Spread) -> str:
    return f"{_number(of.median)} [{_number(of.low)}, {_number(of.high)}]"


def _figure(figure: Figure) -> str:
    found = figure.spread()
    return _spread(found) if len(figure.values) > 1 else _number(found.median)


def _number(value: float) -> str:
    """Write a number with about three digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}" if value < 1 else f"{value:.2f}"
