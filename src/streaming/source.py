"""Reading a topic from Kafka, from where the tables are, and telling Kafka how far we are."""

from __future__ import annotations

import json
import logging
from ast import literal_eval

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from src.config import Settings
from src.event_log.topics import landing_group
from src.streaming.data_files import Positions

_log = logging.getLogger(__name__)

#: The broker must answer within this when a job starts.
_REACHABLE_MS_MAX = 60_000


class SourceError(Exception):
    """A topic cannot be read from where the tables are; the text says the cause and the remedy."""


def read_topic(spark: SparkSession, settings: Settings, topic: str, start: Positions) -> DataFrame:
    """Return the stream of a topic's committed records.

    Args:
        spark: the session.
        settings: where Kafka is and how much a batch takes at most.
        topic: which one.
        start: the first offset to read by partition; a partition that is not named is read
            from its beginning.
    """
    options = {
        "kafka.bootstrap.servers": settings.kafka_bootstrap,
        "subscribe": topic,
        "startingOffsets": starting_offsets(topic, start),
        "maxOffsetsPerTrigger": str(settings.streaming_records_per_batch_max),
        # Only what the relay has committed; an aborted transaction's records are never seen.
        "kafka.isolation.level": "read_committed",
        # Records that Kafka has forgotten before they landed are a loss; never pass over them.
        "failOnDataLoss": "true",
        # Behind the last record of a batch only transaction markers may come: then Kafka holds the
        # answer back this long, half a second unless told otherwise, and the batch with it.
        "kafka.fetch.max.wait.ms": "10",
        # Several megabytes at once: a backlog is read with few requests.
        "kafka.max.partition.fetch.bytes": str(8 * 1024 * 1024),
        "kafka.receive.buffer.bytes": str(1024 * 1024),
        # Spark asks for the topic's ends once more each time that it has used up what it was given.
        "kafka.max.poll.records": "10000",
    }
    return spark.readStream.format("kafka").options(**options).load()


def starting_offsets(topic: str, start: Positions) -> str:
    """Return Spark's `startingOffsets` for these positions."""
    if not start:
        return "earliest"
    offsets = {str(partition): offset for partition, offset in sorted(start.items())}
    return json.dumps({topic: offsets})


def check_positions(settings: Settings, topic: str, positions: Positions) -> Positions:
    """Return the positions to start at, one for every partition of the topic.

    Raises:
        SourceError: Kafka is not reachable, the topic is missing, or Kafka does not reach as far
            as the tables or no longer has what they lack.
    """
    ends = _ends(settings, topic)
    for partition, position in positions.items():
        first, end = ends.get(partition, (0, 0))
        if position > end:
            raise SourceError(
                f"the tables have landed {topic}-{partition} up to offset {position} but Kafka "
                f"ends at {end}: Kafka's data is not that of this warehouse; give both back from "
                "the same backup, or start with an empty var folder"
            )
        if position < first:
            raise SourceError(
                f"Kafka has forgotten {topic}-{partition} from offset {position} to {first}, "
                "which have not landed: raise GUILDHALL_KAFKA_RETENTION_H and restore the topic"
            )
    return {partition: positions.get(partition, first) for partition, (first, _) in ends.items()}


def _ends(settings: Settings, topic: str) -> dict[int, tuple[int, int]]:
    """Return the first and the next offset of each partition of a topic."""
    try:
        consumer = _consumer(settings, None)
    except KafkaError as error:
        raise SourceError(
            f"Kafka is not reachable at {settings.kafka_bootstrap} ({error}): "
            "start it with ./guildhall up"
        ) from error
    try:
        partitions = [
            TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()
        ]
        if not partitions:
            raise SourceError(f"Kafka has no topic {topic}: ./guildhall up creates it")
        first = consumer.beginning_offsets(partitions)
        end = consumer.end_offsets(partitions)
        return {p.partition: (first[p], end[p]) for p in partitions}
    finally:
        consumer.close()


class LagTeller:
    """Commits what has landed as a Kafka consumer group, so that lag can be seen from outside.

    Nothing reads these offsets back: positions lie in the tables. It asks the queries instead of
    listening to them: a listener in Python is told of each batch in hundreds of calls.
    """

    def __init__(self, settings: Settings) -> None:
        """Tell the Kafka of `settings`; it is reached at the first progress."""
        self._settings = settings
        self._consumers: dict[str, KafkaConsumer] = {}
        self._told: dict[str, dict[str, int]] = {}

    def tell(self, query: StreamingQuery) -> None:
        """Commit the end of the last batch that a query has landed, if it is news."""
        progress = query.lastProgress
        for source in progress.sources if progress else ():
            # pyspark gives the offsets as the text of a Python literal.
            for topic, offsets in (literal_eval(str(source.endOffset)) or {}).items():
                if self._told.get(topic) != offsets:
                    self._commit(topic, offsets)

    def close(self) -> None:
        """Close the connections."""
        while self._consumers:
            self._consumers.popitem()[1].close()

    def _commit(self, topic: str, offsets: dict[str, int]) -> None:
        try:
            if topic not in self._consumers:
                self._consumers[topic] = _consumer(self._settings, landing_group(topic))
            self._consumers[topic].commit(
                {
                    TopicPartition(topic, int(partition)): OffsetAndMetadata(offset, "", -1)
                    for partition, offset in offsets.items()
                }
            )
            self._told[topic] = offsets
        except KafkaError as error:
            # Only the displayed lag is late; the next batch tells it again.
            _log.warning("could not commit the landing position of %s: %s", topic, error)


def _consumer(settings: Settings, group: str | None) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        bootstrap_timeout_ms=_REACHABLE_MS_MAX,
        group_id=group,
        enable_auto_commit=False,
    )
