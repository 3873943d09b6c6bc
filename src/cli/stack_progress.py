"""How starting and stopping the stack looks."""

from __future__ import annotations

from src.cli.output import Output


class StackProgress:
    """One line on stderr when a process is waited for, and one when it is ready."""

    def __init__(self, output: Output) -> None:
        """Write to this output."""
        self._output = output

    def waiting(self, name: str) -> None:
        """A process was started and is waited for."""
        self._output.note(f"waiting for {name} ...")

    def ready(self, name: str, seconds: float) -> None:
        """A process became ready, this long after it was started."""
        self._output.note(f"{name} is ready ({seconds:.1f} s)")

    def stopping(self, name: str) -> None:
        """A process is being stopped."""
        self._output.note(f"stopping {name} ...")

    def note(self, message: str) -> None:
        """Something else that takes time, or is worth knowing."""
        self._output.note(message)
