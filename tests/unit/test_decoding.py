"""Types are worked out one at a time, however many threads meet them first."""

from __future__ import annotations

import subprocess
import sys

import pytest

from src.stack.layout import ROOT
from tests.support.first_decodes import THREADS, TYPES, WAYS


@pytest.mark.parametrize("way", [way for way in WAYS if way != "msgspec"])
def test_a_type_may_be_met_by_many_threads_at_once(way: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.support.first_decodes", way],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (0, f"{THREADS * TYPES}\n"), ended.stderr
