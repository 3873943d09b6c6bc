"""The schedule of faults: a pure function of the seed.

Faults come in storms. A storm kills every target, in drawn order and at drawn moments, kills some
or all of them together, pauses two, and takes away room, Kafka, and the API of commits that are
under way. A storm is over when everything is back at its work; the next one begins then. Moments
are counted from the fault before: how long a machine needs to recover changes when a fault comes,
never which comes next.
"""

from __future__ import annotations

from random import Random
from typing import Literal

from msgspec import Struct

#: What can be struck: one API worker, the whole API, the relay, the Spark driver (its Python or
#: its Java process, which die together whichever is hit), the broker, Redis.
Target = Literal["api_worker", "api", "relay", "streaming", "streaming_jvm", "kafka", "redis"]

#: `kill` is SIGKILL; `pause` is SIGSTOP, and SIGCONT after a while; `no_room` makes every write
#: past a file size fail, as a full disk does; `outage` stops Kafka until the outbox is full;
#: `orphan` kills the API while Redis is frozen, so that commits are made whose askers are dead.
FaultKind = Literal["kill", "pause", "no_room", "outage", "orphan"]

#: The stack's process that a target is, or is a part of.
PROCESS_OF: dict[Target, str] = {
    "api_worker": "api",
    "api": "api",
    "relay": "relay",
    "streaming": "streaming",
    "streaming_jvm": "streaming",
    "kafka": "kafka",
    "redis": "redis",
}

#: Seconds between two faults. Shorter than any recovery: most faults meet a stack that still
#: suffers from the one before.
_GAP_S = (0.2, 4.0)
#: Seconds of a pause: from what nobody notices to more than clients of Redis wait (10 s).
_PAUSE_S = (0.5, 12.0)
#: Seconds for which Kafka stays away once the outbox is full.
_OUTAGE_S = (1.0, 4.0)
#: Bytes that can still be written when the room goes: some commits of Redis; less than any file of
#: a table.
_ROOM_BYTES: dict[Target, tuple[int, int]] = {
    "redis": (1, 65_536),
    "streaming_jvm": (1, 2_048),
}
#: Seconds for which Redis is frozen when its askers die: all clients wait for it by then.
_ORPHAN_S = (0.5, 2.0)
_PAUSES_A_STORM = 2
#: Kills of several processes at once, and of how many at least.
_TOGETHER_A_STORM = 2
_TOGETHER_MIN = 3


class Fault(Struct, frozen=True, kw_only=True):
    """One fault.

    Attributes:
        kind: what is done.
        targets: to what, all at once.
        after_s: seconds after the fault before it was dealt.
        lasts_s: seconds of a pause, or for which an outage goes on when the outbox is full, or
            from freezing Redis to killing the API.
        room_bytes: that can still be written, of `no_room`.
        draw: from 0 to 1; which of several equal processes is meant.
    """

    kind: FaultKind
    targets: tuple[Target, ...]
    after_s: float
    lasts_s: float = 0.0
    room_bytes: int = 0
    draw: float = 0.0

    def __str__(self) -> str:
        """Say what is done, as the schedule is printed."""
        told = f"+{self.after_s:.2f} s {self.kind} {'+'.join(self.targets)}"
        if self.lasts_s:
            told += f" {self.lasts_s:.2f} s"
        if self.room_bytes:
            told += f" {self.room_bytes} bytes"
        return told


def storm(seed: int, number: int) -> tuple[Fault, ...]:
    """Return the faults of a storm, in order.

    Args:
        seed: of the run.
        number: counts the storms of a run from 0.
    """
    random = Random(f"{seed}/storm/{number}")  # noqa: S311 - drawn from a seed, not a secret
    targets = _targets(random)
    faults = [_fault(random, "kill", (target,)) for target in targets]
    # A worker does not outlive its API: the two are one kill.
    others = [target for target in targets if target != "api_worker"]
    for _ in range(_TOGETHER_A_STORM):
        together = random.sample(others, random.randint(_TOGETHER_MIN, len(others)))
        faults.append(_fault(random, "kill", tuple(together)))
    paused = random.sample(targets, _PAUSES_A_STORM)
    faults += [_lasting(random, "pause", (target,), _PAUSE_S) for target in paused]
    # Workers are back at once: a second one costs nothing.
    faults.append(_fault(random, "kill", ("api_worker",)))
    faults.append(_lasting(random, "orphan", ("redis", "api"), _ORPHAN_S))
    faults.append(_no_room(random, "redis"))
    faults.append(
        _lasting(random, "outage", ("kafka",), _OUTAGE_S)
        if number % 2 == 0
        else _no_room(random, "streaming_jvm")
    )
    random.shuffle(faults)
    return tuple(faults)


def _targets(random: Random) -> tuple[Target, ...]:
    driver: Target = random.choice(("streaming", "streaming_jvm"))
    return ("api_worker", "api", "relay", driver, "kafka", "redis")


def _fault(random: Random, kind: FaultKind, targets: tuple[Target, ...]) -> Fault:
    after_s = round(random.uniform(*_GAP_S), 2)
    return Fault(kind=kind, targets=targets, after_s=after_s, draw=random.random())


def _lasting(
    random: Random, kind: FaultKind, targets: tuple[Target, ...], lasts_s: tuple[float, float]
) -> Fault:
    return Fault(
        kind=kind,
        targets=targets,
        after_s=round(random.uniform(*_GAP_S), 2),
        lasts_s=round(random.uniform(*lasts_s), 2),
        draw=random.random(),
    )


def _no_room(random: Random, target: Target) -> Fault:
    return Fault(
        kind="no_room",
        targets=(target,),
        after_s=round(random.uniform(*_GAP_S), 2),
        room_bytes=random.randint(*_ROOM_BYTES[target]),
    )
