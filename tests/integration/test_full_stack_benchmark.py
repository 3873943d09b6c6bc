"""The benchmark of the full stack reads from the tables how long each event took to be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import SparkSession

from benchmarks.full_stack import ages_s
from src.config import Settings
from src.events.definitions import TOPIC_PLAYER_STATE
from tests.support.events import player_state
from tests.support.landing import NEXT_SEQ, Send, land_all

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""


def test_an_event_is_as_old_as_the_snapshot_that_shows_it(
    spark: SparkSession, job_settings: Settings, send: Send
) -> None:
    # Tomorrow, so that no other test's events are among them.
    began = datetime.now(UTC) + timedelta(days=1)
    occurred = [began + timedelta(seconds=passed) for passed in (-1, 0, 10)]
    for moment in occurred:
        event = player_state(next(NEXT_SEQ), player_id=9)
        send(TOPIC_PLAYER_STATE, [{**event, "occurred_at": moment.isoformat()}])
    sent_at = datetime.now(UTC)

    land_all(spark, job_settings)

    ages = sorted(ages_s(spark, TOPIC_PLAYER_STATE, began.timestamp()))
    newer, older = ages
    assert older - newer == pytest.approx(10, abs=0.001)
    assert sent_at - occurred[1] < timedelta(seconds=older) < datetime.now(UTC) - occurred[1]
