"""Runs inside the supervisor: counts restarts, and lets no child outlive its process.

The supervisor loads it as an RPC interface (`deploy/supervisor/supervisord.conf`), so that
`./guildhall status` can ask it for the counts.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections import Counter
from typing import Any

from supervisor import events
from supervisor.states import ProcessStates

#: A start from one of these states is the supervisor's own; from any other it was asked for.
_DIED = frozenset({ProcessStates.EXITED, ProcessStates.BACKOFF})

_ENDED = (
    events.ProcessStateExitedEvent,
    events.ProcessStateBackoffEvent,
    events.ProcessStateStoppedEvent,
)


class Watch:
    """The RPC namespace `watch`."""

    def __init__(self) -> None:
        """Listen to the supervisor's events from now on."""
        self._restarts: Counter[str] = Counter()
        events.subscribe(events.ProcessStateStartingEvent, self._count)
        for ended in _ENDED:
            events.subscribe(ended, self._end_children)

    def restarts(self) -> dict[str, int]:
        """Return how often each process was started again after it died, since `up`."""
        return dict(self._restarts)

    def _count(self, event: Any) -> None:  # noqa: ANN401 - supervisor ships no types
        if event.from_state in _DIED:
            self._restarts[event.process.config.name] += 1

    def _end_children(self, event: Any) -> None:  # noqa: ANN401 - as above
        # Each process leads a group of its own. Workers that outlive a killed leader would keep
        # its port, and a second JVM would land beside the first.
        if event.process.pid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(event.process.pid, signal.SIGKILL)


def make_watch(_supervisor: object, **_options: str) -> Watch:
    """Make the namespace; the supervisor calls this once at its start."""
    return Watch()
