"""Where the stack's files lie below `var`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from src.config import Settings

#: The folder of the program: `app.py` and `src` lie in it.
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layout:
    """The folders and files of one stack; all below `var`, nothing elsewhere."""

    var: Path

    @classmethod
    def of(cls, settings: Settings) -> Layout:
        """Return the layout of a stack with these settings."""
        return cls(settings.var)

    @property
    def run(self) -> Path:
        """What only a running stack needs: rendered configuration, socket, locks."""
        return self.var / "run"

    @property
    def log(self) -> Path:
        """One log a process, and the supervisor's own."""
        return self.var / "log"

    @property
    def redis(self) -> Path:
        """What Redis stores."""
        return self.var / "redis"

    @property
    def kafka(self) -> Path:
        """What Kafka stores, and its rendered configuration."""
        return self.var / "kafka"

    @property
    def hdfs(self) -> Path:
        """What the NameNode and the DataNode store."""
        return self.var / "hdfs"

    @property
    def postgres(self) -> Path:
        """What the metastore's PostgreSQL stores."""
        return self.var / "postgres"

    @property
    def presto(self) -> Path:
        """Where Presto is started, and what it spills."""
        return self.var / "presto"

    @property
    def secrets(self) -> Path:
        """What was drawn at the first start and only this stack may know."""
        return self.var / "secrets"

    @property
    def lock(self) -> Path:
        """Held by the `up` or `down` that is at work."""
        return self.run / "stack.lock"

    def log_of(self, name: str) -> Path:
        """The log of a process."""
        return self.log / f"{name}.log"

    def pid_of(self, name: str) -> Path:
        """Where a process that runs by itself, as in a container, writes its pid."""
        return self.run / f"{name}.pid"

    def make(self) -> None:
        """Make the folders that are not there."""
        for folder in (self.run, self.log, self.redis, self.kafka):
            folder.mkdir(parents=True, exist_ok=True)
