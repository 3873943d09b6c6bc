"""Which simulation the tables come from: `run/simulation.json`, written by the simulator."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from src.decoding import json_decoder


class RunRecord(Struct, frozen=True):
    """What was asked of the simulator: how many players and trades, the seed, and its switches."""

    players: int
    trades: int
    seed: int
    switches: tuple[str, ...] = ()


_DECODER = json_decoder(RunRecord)


def read_run_record(var: Path) -> RunRecord | None:
    """Return the record of the last simulation; None when there is none that can be read."""
    try:
        return _DECODER.decode((var / "run" / "simulation.json").read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        return None
