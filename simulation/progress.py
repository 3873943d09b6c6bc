"""How far a run is: a bar on a terminal, plain lines elsewhere, so that logs stay readable."""

from __future__ import annotations

from threading import Lock
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: A line is written each time this share of a phase is done.
_LINE_PERCENT = 20


class ConsoleProgress:
    """Tells a run's progress on a console, while it is entered as a context manager."""

    def __init__(self, console: Console) -> None:
        """Tell on `console`."""
        self._console = console
        self._lock = Lock()
        self._phase, self._total, self._done, self._told = "", 0, 0, 0
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description:<18}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=console,
            )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, phase: str, total: int) -> None:
        """Begin a phase of `total` parts."""
        self._phase, self._total, self._done, self._told = phase, total, 0, 0
        if self._bar is not None:
            self._bar.add_task(phase, total=total)

    def advance(self, parts: int) -> None:
        """Tell that parts are done; threads may tell at once."""
        with self._lock:
            self._done += parts
            if self._bar is not None:
                self._bar.advance(self._bar.task_ids[-1], parts)
                return
            percent = 100 * self._done // self._total
            if percent // _LINE_PERCENT > self._told // _LINE_PERCENT:
                self._told = percent
                self._console.print(f"{self._phase}: {self._done:,} of {self._total:,}")
