"""What a test measured and tells whoever reads the run: `record_property` under `MEASURED`."""

from __future__ import annotations

import pytest

MEASURED = "measured"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print it at the end, whichever process ran the test."""
    told = [
        text
        for report in terminalreporter.getreports("passed")
        for name, text in report.user_properties
        if name == MEASURED
    ]
    if told:
        terminalreporter.section("measured, and held against nothing")
        for text in told:
            terminalreporter.write_line(str(text))
