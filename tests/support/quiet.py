"""A run's progress that nobody watches."""

from __future__ import annotations


class Quiet:
    """Checks what it is told, and keeps the names of the phases."""

    def __init__(self) -> None:
        self.phases: list[str] = []

    def begin(self, phase: str, total: int) -> None:
        """Begin a phase."""
        assert total >= 0
        self.phases.append(phase)

    def advance(self, parts: int) -> None:
        """Count parts."""
        assert parts >= 1
