"""Which simulation the tables come from: `run/simulation.json`, written by the simulator."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from src.decoding import json_decoded


class RunRecord(Struct, frozen=True):
    """What was asked of the simulator: how many players and trades, the seed, and its switches."""

    players: int
    trades: int
    seed: int
    switches: tuple[str, ...] = ()


def read_run_record(var: Path) -> RunRecord | None:
    """Return the record of the last simulation; None when there is none that can be read."""
    try:
        return json_decoded((var / "run" / "simulation.json").read_bytes(), RunRecord)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
