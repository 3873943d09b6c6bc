"""A real Spark session for a test run, with its own warehouse: `landing_settings` and `spark`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from pyspark.sql import SparkSession

from src.config import Settings
from src.streaming.session import start_session
from src.streaming.tables import ensure_tables
from tests.support.kafka import running_broker


@pytest.fixture(scope="session")
def landing_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the `host:port` of a broker of landing's own: a job lands all that its topics hold."""
    with running_broker(tmp_path_factory.mktemp("landing-kafka")) as running:
        yield running.bootstrap


@pytest.fixture(scope="session")
def landing_settings(tmp_path_factory: pytest.TempPathFactory, landing_broker: str) -> Settings:
    """Return settings whose warehouse and checkpoints lie in a folder of this test run."""
    host, port = landing_broker.split(":")
    folder = tmp_path_factory.mktemp("landing")
    settings = Settings(var_dir=str(folder), streaming_trigger_ms=0)
    return msgspec.structs.replace(settings, kafka_host=host, kafka_port=int(port))


@pytest.fixture(scope="session")
def spark(landing_settings: Settings) -> Iterator[SparkSession]:
    """Yield the session of this test run; the tables exist."""
    session = start_session(landing_settings, "guildhall-tests")
    ensure_tables(session)
    yield session
    session.stop()
