"""The work behind `./guildhall quarantine`: what is opened, chosen, replayed and waited for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager

import click
from msgspec import Struct

from src.bootstrap import build_replay_log, now
from src.cli.commands.query import economy_engine
from src.cli.errors import CheckFailed, ServiceUnreachable
from src.cli.output import Output
from src.cli.quarantine_text import replays_text
from src.config import Settings
from src.event_log.log import LogError
from src.quarantine.replay import Judge, Replayer
from src.quarantine.replays import Replay
from src.quarantine.rows import Place, Quarantined, landed, record_at
from src.quarantine.ward import NotInQuarantine, Ward

#: Without one more record landed for this long, landing is said to stand still.
_STILL_S = 90.0
_PAUSE_S = 0.5


class Chosen(Struct, frozen=True, kw_only=True):
    """What is to be replayed: `places`, or all of a topic and a reason where one is given."""

    places: tuple[Place, ...] = ()
    topic: str | None = None
    reason: str | None = None
    mended: bytes | None = None


@contextmanager
def opened(settings: Settings) -> Iterator[Ward]:
    """Open the quarantine, and turn its errors into those of the command line.

    Raises:
        ServiceUnreachable: the tables or Kafka cannot be read.
        CheckFailed: no such record.
    """
    with closing(build_replay_log(settings)) as log, economy_engine(settings) as engine:
        try:
            yield Ward(engine, log, Judge(settings.realm))
        except NotInQuarantine as error:
            raise CheckFailed(
                f"No record {error} is in quarantine.", remedy="./guildhall quarantine list --all"
            ) from error
        except LogError as error:
            raise ServiceUnreachable(
                "Kafka did not take it, or another replay took over.",
                cause=str(error),
                remedy="./guildhall status, then the same command again: nothing goes in twice",
            ) from error


def place_of(text: str) -> Place:
    """Return the place that an argument names.

    Raises:
        click.UsageError: it names none.
    """
    try:
        return Place.parse(text)
    except ValueError as error:
        raise click.UsageError(f"{text!r} is no record: they look like trade-0-17") from error


def replayed(
    settings: Settings, ward: Ward, chosen: Chosen, output: Output, *, wait: bool
) -> list[Replay]:
    """Replay what was chosen, print what became of it, and return that.

    Raises:
        CheckFailed: one of the records was kept.
        ServiceUnreachable: the log failed, or what was replayed does not land.
    """
    done: list[Replay] = []
    before = ward.log.replays()
    replayer = Replayer(ward.log, ward.engine, ward.judge, now)
    mended = {} if chosen.mended is None else {chosen.places[0]: chosen.mended}
    with output.progress() as bar:
        task = bar.add_task("records judged", total=len(chosen.places) or None)

        def told(replay: Replay) -> None:
            done.append(replay)
            bar.update(task, completed=len(done))

        replayer.replay(_records(ward, chosen), told, mended)
    # Asked for by name and replayed long ago: say so instead of nothing.
    known = {replay.place for replay in done}
    long_ago = [before[str(p)] for p in chosen.places if str(p) in before and str(p) not in known]
    gone_in = [replay for replay in done if replay.outcome == "replayed"]
    if wait and gone_in:
        _await_landing(settings, gone_in, output)
    output.answer(
        {"replays": done, "replayed_before": long_ago}, lambda: replays_text(done, long_ago)
    )
    if kept := len(done) - len(gone_in):
        raise CheckFailed(
            f"{kept} of {len(done)} records still cannot land.",
            remedy="mend one: ./guildhall quarantine show --raw PLACE > FILE, then "
            "./guildhall quarantine replay --with FILE PLACE",
        )
    return done


def _records(ward: Ward, chosen: Chosen) -> Iterable[Quarantined]:
    if chosen.places:
        return [ward.record(place) for place in dict.fromkeys(chosen.places)]
    return ward.records(chosen.topic, chosen.reason)


def _await_landing(settings: Settings, replays: Sequence[Replay], output: Output) -> None:
    """Return when each record is in a table, be it in quarantine once more."""
    left = {replay.seq: replay for replay in replays if replay.seq is not None}
    moved_at = time.monotonic()
    with output.progress() as bar:
        task = bar.add_task("records landed", total=len(left))
        while left:
            with economy_engine(settings) as engine:
                there = landed(engine, left) | {
                    seq
                    for seq, replay in left.items()
                    if replay.replayed_as
                    and record_at(engine, Place.parse(replay.replayed_as)) is not None
                }
            for seq in there:
                del left[seq]
                moved_at = time.monotonic()
            bar.update(task, completed=len(replays) - len(left))
            if left and time.monotonic() - moved_at > _STILL_S:
                raise ServiceUnreachable(
                    f"{len(replays)} records are in the log, and {len(left)} have not landed.",
                    cause="landing stands still; nothing is lost, and nothing will land twice",
                    remedy="./guildhall status, then ./guildhall logs streaming",
                )
            if left:
                time.sleep(_PAUSE_S)
