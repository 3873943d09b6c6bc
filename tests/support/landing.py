"""Lands events as the job does: `settings`, `producer`, `send`, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaProducer
from pyspark.sql import Row, SparkSession

from src.config import Settings
from src.event_log.topics import ensure_topics
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.streaming.jobs.run import LandingJob
from src.streaming.tables import full_name

TOPICS = (TOPIC_TRADE, TOPIC_PLAYER_STATE)

#: A number that no other test of this run has used.
NEXT_SEQ = count(1)

Send = Callable[[str, list[dict[str, Any]]], None]


@pytest.fixture(scope="session")
def landing_topics(landing_broker: str) -> str:
    """Return the `host:port` of landing's broker, which has the topics."""
    ensure_topics(landing_broker, partitions=2)
    return landing_broker


@pytest.fixture
def producer(landing_topics: str) -> Iterator[KafkaProducer]:
    with KafkaProducer(bootstrap_servers=landing_topics) as opened:
        yield opened


@pytest.fixture
def send(producer: KafkaProducer) -> Send:
    def sent(topic: str, events: list[dict[str, Any]]) -> None:
        futures = [producer.send(topic, json.dumps(event).encode()) for event in events]
        for future in futures:
            future.get(timeout=30)

    return sent


@pytest.fixture
def job_settings(landing_settings: Settings, tmp_path: Path) -> Settings:
    """Return settings with checkpoints of this test's own, and the warehouse of the session."""
    return msgspec.structs.replace(landing_settings, var_dir=str(tmp_path))


def land_all(spark: SparkSession, settings: Settings) -> None:
    """Run the job until everything that Kafka has is landed."""
    job = LandingJob(spark, settings, TOPICS)
    try:
        job.start()
        for query in job.queries:
            query.processAllAvailable()
    finally:
        job.stop()


def rows(spark: SparkSession, table: str, where: str) -> list[Row]:
    """Return the rows of a table."""
    return spark.table(full_name(table)).where(where).collect()


def landed_seqs(spark: SparkSession, table: str, seqs: list[int]) -> list[int]:
    """Return which of these numbers are in a table, each as often as it is there."""
    listed = ", ".join(map(str, seqs))
    return sorted(row["seq"] for row in rows(spark, table, f"seq in ({listed})"))
