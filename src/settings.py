"""Every setting of Guildhall: its name, its default, its unit and what it is for.

`src/config.py` finds the values that hold. `docs/reference/settings.md` lists all settings; a test
keeps that page and this table the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65_535)]
Count = Annotated[int, Meta(ge=1)]


class SettingsError(ValueError):
    """A setting has a name or a value that cannot be used; the text names it and the remedy."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one stack. Two stacks run side by side when var_dir and every port differ."""

    profile: Annotated[
        Literal["embedded", "full"],
        Meta(
            description="Where the warehouse lies and which engine reads it: a local folder and "
            "DuckDB, or HDFS with a Hive metastore and Presto."
        ),
    ] = "embedded"
    realm: Annotated[
        str,
        # `$` alone would let a final line feed through.
        Meta(
            pattern=r"^[a-z0-9_-]{1,32}$(?!\n)",
            description="The game world that this stack serves.",
        ),
    ] = "main"
    var_dir: Annotated[
        str, Meta(description="Where everything that is written at run time lies.")
    ] = "var"

    api_host: Annotated[str, Meta(description="The address that the API listens on.")] = "127.0.0.1"
    api_port: Annotated[Port, Meta(description="The port of the API.")] = 5000
    api_workers: Annotated[
        Count,
        Meta(
            description="API processes. One makes the most of two cores that it shares with the "
            "rest; more serve more where there are cores to spare."
        ),
    ] = 1
    api_threads: Annotated[
        Count,
        Meta(
            description="Threads of one API worker that serve everything but single trades and "
            "look-ups."
        ),
    ] = 8
    api_body_bytes_max: Annotated[
        Count, Meta(description="The largest request body that is read, in bytes.")
    ] = 1_048_576
    legacy_routes: Annotated[
        Literal["auto", "on", "off", "everywhere"],
        Meta(
            description="The routes of old clients, which take no token. `auto`: served on a "
            "loopback address only. `on`: served, and a start on any other address is refused. "
            "`everywhere`: served on any address, to whoever reaches it."
        ),
    ] = "auto"
    legacy_credit_gold: Annotated[
        Count, Meta(description="Coins that a guild grants by the old clients' `/get_credit`.")
    ] = 10
    token_cache_s: Annotated[
        float,
        Meta(ge=0, description="How long a worker trusts a token it has checked, in seconds."),
    ] = 5.0

    redis_host: Annotated[str, Meta(description="The address of Redis.")] = "127.0.0.1"
    redis_port: Annotated[
        Port, Meta(description="The port of Redis; not 6379, which a system's own Redis holds.")
    ] = 6380
    redis_appendfsync: Annotated[
        Literal["always", "everysec"],
        Meta(
            description="`always`: an acknowledged trade is on disk. `everysec`: a crash can "
            "lose the last second or more (docs/guides/durability.md)."
        ),
    ] = "always"

    kafka_host: Annotated[str, Meta(description="The address of the Kafka broker.")] = "127.0.0.1"
    kafka_port: Annotated[Port, Meta(description="The port of the Kafka broker.")] = 9092
    kafka_controller_port: Annotated[
        Port, Meta(description="The port of the KRaft controller.")
    ] = 9093
    kafka_partitions: Annotated[
        Count, Meta(description="Partitions of each event topic when it is created.")
    ] = 2
    kafka_retention_h: Annotated[
        Count, Meta(description="How long Kafka keeps events, in hours. The tables keep them all.")
    ] = 168

    namenode_host: Annotated[
        str,
        Meta(description="The address of the HDFS NameNode; tables keep it in their own address."),
    ] = "127.0.0.1"
    namenode_port: Annotated[
        Port, Meta(description="The port of the NameNode; tables keep it, as they do the address.")
    ] = 8020
    namenode_http_port: Annotated[Port, Meta(description="The port of the NameNode's JMX.")] = 9870
    datanode_host: Annotated[str, Meta(description="The address of the HDFS DataNode.")] = (
        "127.0.0.1"
    )
    datanode_port: Annotated[Port, Meta(description="The port of the DataNode's blocks.")] = 9866
    datanode_http_port: Annotated[Port, Meta(description="The port of the DataNode's JMX.")] = 9864
    datanode_ipc_port: Annotated[
        Port, Meta(description="The port on which the DataNode is managed.")
    ] = 9867
    postgres_host: Annotated[
        str, Meta(description="The address of the metastore's PostgreSQL.")
    ] = "127.0.0.1"
    postgres_port: Annotated[
        Port,
        Meta(description="The port of PostgreSQL; not 5432, which a system's own one holds."),
    ] = 5433
    metastore_host: Annotated[
        str,
        Meta(
            description="Where the Hive metastore is found. It listens on every address of its "
            "machine and cannot be told otherwise: keep its port behind a firewall."
        ),
    ] = "127.0.0.1"
    metastore_port: Annotated[Port, Meta(description="The port of the Hive metastore.")] = 9083
    presto_host: Annotated[str, Meta(description="The address of Presto.")] = "127.0.0.1"
    presto_port: Annotated[Port, Meta(description="The port of Presto.")] = 8080
    presto_timeout_s: Annotated[
        Count, Meta(description="Seconds after which Presto gives a question up.")
    ] = 300

    battle_seed: Annotated[
        int,
        Meta(
            ge=0,
            description="Makes the rolls of battles repeat, each worker the same ones; 0 draws "
            "them so that nobody can foresee them.",
        ),
    ] = 0
    commit_attempts_max: Annotated[
        Count, Meta(description="How often a conflicting commit is tried before `busy`.")
    ] = 30
    batch_commit_trades: Annotated[
        Count,
        Meta(
            description="Trades that share one commit, of a batch or of those that wait at the "
            "same time; more meet a conflict more often."
        ),
    ] = 5
    idempotency_ttl_s: Annotated[
        Count, Meta(description="How long an answer can be replayed by its key, in seconds.")
    ] = 86_400
    recent_trades_kept: Annotated[
        Count, Meta(description="Trades a player that the API can list; the tables keep all.")
    ] = 50
    outbox_entries_max: Annotated[
        Count,
        Meta(
            description="Entries of the outbox, each of commits made at once, that may wait for "
            "Kafka before the API answers 503."
        ),
    ] = 200_000
    outbox_bytes_max: Annotated[
        Count,
        Meta(
            description="Bytes of events that may wait for Kafka before the API answers 503; Redis "
            "holds them in memory."
        ),
    ] = 536_870_912

    relay_client: Annotated[
        Literal["librdkafka", "kafka-python"],
        Meta(
            description="The client by which the relay writes to Kafka; kafka-python takes six "
            "times the processor time."
        ),
    ] = "librdkafka"
    relay_batch_entries: Annotated[
        Count,
        Meta(
            description="Entries of the outbox that the relay publishes in one Kafka transaction; "
            "one of them has up to a hundred events, or those of one larger commit."
        ),
    ] = 300
    relay_gather_ms: Annotated[
        int,
        Meta(
            ge=0,
            description="Milliseconds between two transactions, to gather commits in; up to three "
            "times as many under 3,000 events a second and more.",
        ),
    ] = 100
    relay_timeout_s: Annotated[
        Count,
        Meta(description="Seconds after which a relay that hangs in Kafka ends itself."),
    ] = 120

    streaming_trigger_ms: Annotated[
        int,
        Meta(
            ge=0,
            description="Milliseconds between the starts of two landing batches; a topic of 1,000 "
            "and more records a second gathers for 1,500 more, and up to 5,000 the busier it is.",
        ),
    ] = 800
    streaming_records_per_batch_max: Annotated[
        Count, Meta(description="Kafka records that one landing batch takes at most.")
    ] = 200_000
    streaming_memory_mib: Annotated[
        Count, Meta(description="Heap of the Spark driver, in MiB.")
    ] = 1_024
    streaming_cores: Annotated[
        Count,
        Meta(description="Task slots of Spark; a batch of a topic is read by half as many tasks."),
    ] = 2
    stop_drain_s: Annotated[
        int,
        Meta(
            ge=0,
            description="How long `./guildhall down` waits for what is published to land, in "
            "seconds; what has not landed by then lands after the next `up`.",
        ),
    ] = 60

    maintenance_interval_s: Annotated[
        int,
        Meta(
            ge=0,
            description="Seconds between two rounds of table maintenance beside landing; 0: only "
            "by `./guildhall maintain`.",
        ),
    ] = 600
    maintenance_snapshots_kept_s: Annotated[
        Count,
        Meta(
            description="How long a table keeps the files that compaction has replaced, and its "
            "snapshots that have them, in seconds: a query may read them that long."
        ),
    ] = 600
    maintenance_orphan_age_h: Annotated[
        Count,
        Meta(
            description="Hours after which a file that no snapshot names is removed. Shorter than "
            "a compaction can take, and its files would be taken away from it."
        ),
    ] = 24

    @property
    def var(self) -> Path:
        """`var_dir` as an absolute path."""
        return Path(self.var_dir).resolve()

    @property
    def warehouse(self) -> str:
        """Where the Iceberg tables of the embedded profile lie: a path without a scheme."""
        return str(self.var / "warehouse")

    @property
    def hdfs_warehouse(self) -> str:
        """Where the Iceberg tables of the full profile lie."""
        return f"hdfs://{self.namenode_host}:{self.namenode_port}/warehouse"

    @property
    def metastore_uri(self) -> str:
        """The Hive metastore's address."""
        return f"thrift://{self.metastore_host}:{self.metastore_port}"

    @property
    def kafka_bootstrap(self) -> str:
        """Kafka's `host:port`."""
        return f"{self.kafka_host}:{self.kafka_port}"

    @property
    def api_url(self) -> str:
        """The API's base address, without a final slash."""
        host = "127.0.0.1" if self.api_host in {"0.0.0.0", "::"} else self.api_host  # noqa: S104
        return f"http://{host}:{self.api_port}"
