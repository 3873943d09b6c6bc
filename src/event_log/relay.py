"""The relay: moves events from the outbox to the log, each exactly once and in order.

It ends at any error, and the supervisor starts it afresh: then it fences, reads its position
from the log, and goes on from there. `python -m src.event_log.relay` runs it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import takewhile
from typing import Protocol

from msgspec import Struct

from src.event_log.log import EventLog, LogError
from src.events.outbox_entry import Record, read_entry
from src.services.ports import StoreUnreachable

logger = logging.getLogger("guildhall.relay")

#: How long one read waits for the first entry: bounds how long a stop takes.
_WAIT_MS = 200
#: Events a second from which on a market is busy: some thousand trades, and three events each.
_BUSY_RATE = 3_000.0
_BUSY_FACTOR = 3
EXIT_FAILED = 1
EXIT_REDIS_FORGOT = 4

_SHUT = "Trading stays shut"
_REBUILD = f"{_SHUT} until ./guildhall rebuild has restored Redis from the log"
_RECOVER = f"{_SHUT}; docs/guides/recover.md says what to do"


class RedisForgot(Exception):
    """Redis does not have what the log has, or lost what the log never got."""


class OutboxGap(Exception):
    """The outbox does not go on where the log ends; a fresh start tells why."""


class Entry(Protocol):
    """Events of one commit, or of several that were made at once."""

    @property
    def last_seq(self) -> int:
        """The number of the last event."""

    @property
    def payload(self) -> bytes:
        """Their lines, as `src.events.outbox_entry` joins them."""


class OutboxReader(Protocol):
    """What the relay needs of the outbox; see `src.player_store.outbox.Outbox`."""

    def last_seq(self) -> int:
        """Return the number of the last event that was committed."""

    def read(self, after_seq: int, count: int, wait_ms: int) -> Sequence[Entry]:
        """Return entries past `after_seq`."""

    def founded_guilds(self, known: Collection[bytes]) -> Sequence[Record]:
        """Return the records of founded guilds whose keys are not among `known`."""

    def trim(self, up_to_seq: int) -> None:
        """Remove entries up to `up_to_seq`."""

    def open_for_writers(self) -> None:
        """Declare Redis checked."""

    def shut_for_writers(self) -> None:
        """Take that back."""


class Pace(Struct, frozen=True):
    """Entries of one transaction, and how long to gather them once there is one, in seconds.

    A transaction costs Kafka nearly the same for one event as for thousands, so that a busy market
    makes fewer: it gathers up to `_BUSY_FACTOR` times as long.
    """

    entries_max: int
    gather_s: float

    def pause_s(self, events: int) -> float:
        """Return how long to gather after a transaction of so many events.

        A market of `_BUSY_RATE` finds here what it brings in that time, and comes to rest; a
        busier one finds more each time, up to the longest pause.
        """
        return min(max(self.gather_s, events / _BUSY_RATE), _BUSY_FACTOR * self.gather_s)


class Relay:
    """Moves the events of one realm."""

    def __init__(
        self,
        outbox: OutboxReader,
        log: EventLog,
        pace: Pace,
        guard: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Publish `outbox` to `log`; `guard` ends the process when what it holds hangs."""
        self._outbox = outbox
        self._log = log
        self._pace = pace
        self._guard = guard
        #: Keys of the founded guilds that this relay has published.
        self._guilds: set[bytes] = set()
        #: Whether the last transaction took as many entries as it may, and more may wait.
        self._is_behind = False

    def start(self) -> int:
        """Take over from any predecessor and let writers in; return the position.

        Raises:
            LogError, StoreUnreachable: Kafka or Redis failed.
            RedisForgot: Redis and the log do not continue each other.
        """
        with self._guard():
            # 1. Fence first: until now a predecessor could still move the position.
            self._log.fence()
            # 2. Only now the position can be trusted.
            position = self._log.position()
        # 3. Compare before anybody writes: a number given twice could never be told apart. In this
        #    life of Redis an earlier relay may have let writers in already.
        try:
            self._check(position)
        except RedisForgot:
            self._outbox.shut_for_writers()
            raise
        # 4. What the log has is not needed here any more. Dying before this only leaves entries
        #    that the next start trims.
        self._outbox.trim(position)
        # 5. Writers may come.
        self._outbox.open_for_writers()
        logger.info("position %d; open for writers", position)
        return position

    def run(self, stop: threading.Event) -> None:
        """Publish until `stop` is set and the outbox has been emptied once more.

        Raises:
            LogError, StoreUnreachable, RedisForgot: as `start`.
            OutboxGap: as `step`.
        """
        position = self.start()
        while True:
            stopping = stop.is_set()
            moved = self.step(position)
            if stopping and moved == position:
                return
            if moved != position and not stopping and not self._is_behind:
                stop.wait(self._pace.pause_s(moved - position))
            position = moved

    def step(self, position: int) -> int:
        """Publish what waits past `position`, at most one transaction; return the new position.

        Raises:
            LogError, StoreUnreachable: Kafka or Redis failed.
            OutboxGap: the event after `position` is not there.
        """
        entries = self._outbox.read(position, self._pace.entries_max, _WAIT_MS)
        self._is_behind = len(entries) >= self._pace.entries_max
        # Read after the entries, so that a guild is in the log no later than who joined it. They
        # have no position: a relay's first step publishes all of them again, which changes nothing.
        guilds = self._outbox.founded_guilds(self._guilds)
        if not entries and not guilds:
            return position
        records = _contiguous(entries, position)
        if entries and not records:
            # Removed by a successor that has fenced this relay, or lost: the next start tells.
            raise OutboxGap(f"event {position + 1} is not in the outbox")
        moved = records[-1].seq if records else position
        with self._guard():
            # 1. Records and position in one transaction. Dying in it publishes none of them;
            #    dying after it, the next start reads `moved` and goes on from there.
            self._log.publish([*guilds, *records], moved)
        self._guilds.update(record.key for record in guilds)
        # 2. Only now Redis may forget them.
        self._outbox.trim(moved)
        return moved

    def _check(self, position: int) -> None:
        seq = self._outbox.last_seq()
        if position > seq:
            raise RedisForgot(
                f"the log has {position} events, Redis only {seq}: Redis forgot acknowledged "
                f"trades. {_REBUILD}"
            )
        waiting = self._outbox.read(position, 1, 1)
        first = next(read_entry(waiting[0].payload, waiting[0].last_seq)).seq if waiting else None
        if seq > position and first != position + 1:
            raise RedisForgot(
                f"the log has {position} events, Redis counted {seq}, and event {position + 1} "
                f"is not in the outbox. {_RECOVER}"
            )


def _contiguous(entries: Sequence[Entry], position: int) -> list[Record]:
    """Return the records of `entries` that follow `position` without a gap."""
    records = (record for e in entries for record in read_entry(e.payload, e.last_seq))
    numbered = enumerate(records, position + 1)
    return [record for _, record in takewhile(lambda pair: pair[0] == pair[1].seq, numbered)]


def watchdog(timeout_s: float) -> Callable[[], AbstractContextManager[None]]:
    """Return a guard that ends the process when its body takes longer than `timeout_s`.

    kafka-python's commit has no time-out of its own, and a relay that hangs would let the outbox
    grow for ever; one that ends is started afresh.
    """

    def give_up() -> None:
        logger.critical("Kafka did not answer for %g s; ending to start afresh", timeout_s)
        os._exit(EXIT_FAILED)

    @contextmanager
    def guard():  # type: ignore[no-untyped-def]  # noqa: ANN202 - contextmanager gives the type
        timer = threading.Timer(timeout_s, give_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    return guard


def main() -> int:
    """Run the relay of this stack until SIGTERM; return the exit code."""
    from src.bootstrap import build_relay  # noqa: PLC0415 - wiring is above us
    from src.config import load_settings  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.ERROR)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        build_relay(load_settings()).run(stop)
    except RedisForgot as error:
        logger.critical("%s", error)
        return EXIT_REDIS_FORGOT
    except (LogError, StoreUnreachable, OutboxGap) as error:
        logger.error("%s; ending to start afresh", error)  # noqa: TRY400 - the cause says it all
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    # Not our own `main`: bootstrap imports this module by its name, and a RedisForgot that is
    # raised there is another class than one of `__main__`.
    from src.event_log import relay  # noqa: PLW0406 - it is another module than `__main__`

    sys.exit(relay.main())
