"""How fresh the full profile's tables are: the snapshots that Presto sees."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from src.config import Settings
from src.economy.engine import EngineError
from src.economy.presto_engine import presto_engine
from src.stack.freshness import Landed

_SQL = Path(__file__).with_name("newest_snapshots.sql")


def newest_landings(settings: Settings) -> list[Landed]:
    """Return the newest landing of each topic; none when Presto does not tell."""
    with presto_engine(settings) as engine:
        try:
            rows = engine.ask(_SQL.read_text().strip()).records()
        except EngineError:
            return []
    return [
        Landed(
            newest_occurred_at=datetime.fromisoformat(row["newest_occurred_at"]),
            committed_at=datetime.fromtimestamp(row["committed_at"], tz=UTC),
        )
        for row in rows
    ]
