"""Why the stack could not do what was asked, in words for whoever runs it."""

from __future__ import annotations


class StackError(Exception):
    """The stack, or a part of it, cannot be had.

    Attributes:
        fact: what happened, one sentence.
        cause: why, as far as is known; may have several lines.
        remedy: what to do about it.
        exit_code: of the command that fails by it: 3, a needed service is not reachable.
    """

    exit_code = 3

    def __init__(self, fact: str, cause: str = "", remedy: str = "") -> None:
        """Say what happened, why, and what to do."""
        super().__init__(fact)
        self.fact = fact
        self.cause = cause
        self.remedy = remedy


class PreflightError(StackError):
    """Something that the stack needs is missing here; nothing was started."""


class NotReadyError(StackError):
    """A process was started and did not become ready."""


class OtherSettingsError(StackError):
    """The stack runs already, with other settings than those asked for: exit code 1."""

    exit_code = 1


class NotRunningError(StackError):
    """No stack runs from this folder."""
