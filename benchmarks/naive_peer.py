"""The naive design as a peer: it runs on our Redis and Kafka, beside our keys and topics."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import redis
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from benchmarks.naive import STATE_TOPIC, TRADE_TOPIC, player_key
from benchmarks.peer import Ground
from benchmarks.results import Figure
from benchmarks.servers import serving
from src.classes.account import Account, player_of
from src.classes.player import Player
from src.config import Settings
from src.decoding import json_decoder
from src.events.definitions import TradeEvent
from src.player_store.codec import read_state, write_state

_CHUNK = 1_000
_POLL_MS = 1_000

_Value = TypeVar("_Value")

#: Coins (None) or units of an item that a player holds.
Holdings = Counter[tuple[int, int | None]]


class NaivePeer:
    """Implements `benchmarks.peer.Peer`."""

    name = "trade_naive"
    title = "the naive design on `flask run`: read, decide, write, produce"
    closes = True

    def lacks(self) -> str:
        """Return what this machine lacks to run it: nothing that we do not need ourselves."""
        return ""

    @contextmanager
    def standing(self, ground: Ground) -> Iterator[NaiveRival]:
        """Run it, with the players of `ground`, while its caller measures."""
        settings = ground.settings
        command = (sys.executable, "-m", "flask", "--app", "benchmarks.naive", "run")
        address = ("--host", settings.api_host, "--port", str(settings.api_port))
        with closing(redis.Redis(settings.redis_host, settings.redis_port)) as store:
            _ensure_topics(settings)
            store_players(store, ground.players)
            with serving(self.name, (*command, *address), settings) as pid:
                pids = {"front": pid, "redis": ground.pids["redis"], "kafka": ground.pids["kafka"]}
                yield NaiveRival(store, settings.kafka_bootstrap, pids, ground.players)
            for chunk in _chunks([player_key(p.player_id) for p in ground.players]):
                store.delete(*chunk)


class NaiveRival:
    """Implements `benchmarks.peer.Rival`."""

    def __init__(
        self,
        store: redis.Redis,
        bootstrap: str,
        pids: Mapping[str, int],
        players: Sequence[Player],
    ) -> None:
        """Watch the design whose players began as `players`."""
        self.pids = pids
        self._store = store
        self._bootstrap = bootstrap
        self._players = players
        with closing(_consumer(bootstrap)) as consumer:
            #: The trades of an earlier run lie before these offsets.
            self._begins = consumer.end_offsets(_parts(consumer))

    def faults(self, settled: int) -> list[str]:  # noqa: ARG002 - nothing is promised of it
        """Find no fault: that it loses and duplicates is what it is; `figures` says how much."""
        return []

    def figures(self) -> tuple[Figure, ...]:
        """Return how many coins and units its races lost and duplicated."""
        wanted = after(holdings_of(self._players), self._trades())
        held = holdings_of(self._held())
        lost, duplicated = wanted - held, held - wanted
        return (
            _figure("lost_coins", "coins that races lost", "coins", _coins(lost)),
            _figure("duplicated_coins", "coins that they duplicated", "coins", _coins(duplicated)),
            _figure("lost_units", "units of items lost", "units", _units(lost)),
            _figure("duplicated_units", "units duplicated", "units", _units(duplicated)),
        )

    def _held(self) -> Iterator[Player]:
        for chunk in _chunks([player_key(player.player_id) for player in self._players]):
            states: Any = self._store.mget(chunk)
            for state in states:
                if state is not None:
                    yield read_state(state)

    def _trades(self) -> Iterator[TradeEvent]:
        """Iterate over the trades that the design has told Kafka of."""
        decode = json_decoder(TradeEvent).decode
        with closing(_consumer(self._bootstrap)) as consumer:
            ends = consumer.end_offsets(_parts(consumer))
            consumer.assign(list(ends))
            for part, offset in self._begins.items():
                consumer.seek(part, offset)
            while any(consumer.position(part) < end for part, end in ends.items()):
                for batch in consumer.poll(timeout_ms=_POLL_MS).values():
                    for record in batch:
                        yield decode(record.value)


def store_players(store: redis.Redis, players: Sequence[Player]) -> None:
    """Write players where the design looks for them."""
    for chunk in _chunks(players):
        store.mset({player_key(player.player_id): write_state(player) for player in chunk})


def holdings_of(players: Iterable[Player]) -> Holdings:
    """Return what players hold."""
    held: Holdings = Counter()
    for player in players:
        held[player.player_id, None] = player.gold
        for item_id, quantity in player.inventory.items.items():
            held[player.player_id, item_id] = quantity
    return held


def after(held: Holdings, trades: Iterable[TradeEvent]) -> Holdings:
    """Return what the settled ones among `trades` leave, had each happened whole."""
    left = Counter(held)
    for trade in trades:
        if trade.status != "settled":
            continue
        for leg in trade.legs:
            for account, sign in ((leg.from_account, -1), (leg.to_account, 1)):
                player_id = player_of(Account(account))
                if player_id is not None:
                    left[player_id, leg.item_id] += sign * leg.quantity
    return left


def _coins(held: Holdings) -> int:
    return sum(count for (_, item_id), count in held.items() if item_id is None)


def _units(held: Holdings) -> int:
    return sum(count for (_, item_id), count in held.items() if item_id is not None)


def _figure(name: str, title: str, unit: str, value: int) -> Figure:
    return Figure(name=f"naive_{name}", title=title, unit=unit, values=(float(value),))


def _ensure_topics(settings: Settings) -> None:
    topic = {"num_partitions": settings.kafka_partitions, "replication_factor": 1}
    with closing(KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)) as admin:
        missing = {TRADE_TOPIC, STATE_TOPIC} - set(admin.list_topics())
        if missing:
            admin.create_topics(dict.fromkeys(missing, topic))
            admin.wait_for_topics(sorted(missing))


def _parts(consumer: KafkaConsumer) -> list[TopicPartition]:
    numbers = consumer.partitions_for_topic(TRADE_TOPIC) or ()
    return [TopicPartition(TRADE_TOPIC, number) for number in numbers]


def _consumer(bootstrap: str) -> KafkaConsumer:
    return KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, group_id=None)


def _chunks(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    return (values[begin : begin + _CHUNK] for begin in range(0, len(values), _CHUNK))
