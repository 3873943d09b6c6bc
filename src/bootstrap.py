"""All wiring: which adapter stands behind which port. Nothing connects before it is used."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import uuid_utils
from msgspec import Struct

from src.classes.battle import ROLL_SIDES
from src.classes.item import Catalogue
from src.config import Settings
from src.economy.engine import EngineError
from src.economy.questions import questions
from src.event_log.kafka_log import KafkaEventLog
from src.event_log.kafka_replay_log import KafkaReplayLog
from src.event_log.librdkafka_log import LibrdkafkaEventLog
from src.event_log.log import EventLog
from src.event_log.reader import LogReader
from src.event_log.relay import Pace, Relay, watchdog
from src.events.record import Recorder
from src.inventory_generation.catalogue import load_catalogue
from src.inventory_generation.enemies import load_enemies
from src.inventory_generation.guilds import load_guilds
from src.inventory_generation.player_classes import load_classes
from src.inventory_generation.starter import draw_class
from src.player_store.keys import Keys
from src.player_store.outbox import Outbox
from src.player_store.restoration import Restoration
from src.player_store.store import RedisPlayerStore
from src.player_store.tokens import Role, Tokens
from src.services.battle_service import BattleService
from src.services.economy_service import EconomyService
from src.services.group_commit import GroupCommit
from src.services.group_reading import GroupReading
from src.services.guild_service import GuildService
from src.services.ledger import Ledger, Limits
from src.services.player_service import PlayerService, Starter
from src.services.ports import LoopPlayerStore
from src.services.shop_service import ShopService
from src.services.trade_service import TradeService

if TYPE_CHECKING:
    from src.economy.desk import Answered, Desk

#: The first retry of a conflict waits up to this long, each further one up to twice as long.
_PAUSE_S = 0.001
_PAUSE_MAX_S = 0.050


class Services(Struct, frozen=True, kw_only=True):
    """The use cases of one realm, and what the API needs beside them."""

    catalogue: Catalogue
    store: RedisPlayerStore
    tokens: Tokens
    ledger: Ledger
    loop_store: LoopPlayerStore
    group_commit: GroupCommit
    group_reading: GroupReading
    trades: TradeService
    players: PlayerService
    shop: ShopService
    guilds: GuildService
    battles: BattleService
    economy: EconomyService[Answered]
    #: Coins that a guild grants to an old client.
    credit_gold: int


def build_services(settings: Settings) -> Services:
    """Wire the use cases to Redis as `settings` say."""
    catalogue = load_catalogue()
    store = build_store(settings)
    loop_store = store.for_loop()
    recorder, limits = Recorder(catalogue, new_id), _limits(settings)
    ledger = Ledger(store, recorder, realm=settings.realm, clock=now, pause=pause, limits=limits)
    return Services(
        catalogue=catalogue,
        store=store,
        tokens=build_tokens(settings),
        ledger=ledger,
        loop_store=loop_store,
        group_commit=GroupCommit(
            loop_store, recorder, realm=settings.realm, clock=now, limits=limits
        ),
        group_reading=GroupReading(loop_store),
        trades=TradeService(ledger, catalogue, new_id),
        players=_players(ledger, store, catalogue),
        shop=ShopService(ledger, catalogue, new_id),
        guilds=GuildService(
            ledger,
            store,
            catalogue,
            new_id=new_id,
            answer_ttl_s=settings.idempotency_ttl_s,
            plain=min(load_guilds(), key=lambda guild: guild.fee),
        ),
        battles=BattleService(
            ledger,
            catalogue,
            load_enemies(catalogue),
            new_id=new_id,
            roll=rolls(settings.battle_seed),
        ),
        economy=build_economy(settings),
        credit_gold=settings.legacy_credit_gold,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.commit_attempts_max,
        settings.batch_commit_trades,
        settings.idempotency_ttl_s,
    )


def _players(ledger: Ledger, store: RedisPlayerStore, catalogue: Catalogue) -> PlayerService:
    classes = load_classes(catalogue)
    drawn = random.Random()  # noqa: S311 - a class, not a secret
    starters = {
        name: Starter(name, each.gold, each.capacity, dict(each.stacks))
        for name, each in classes.items()
    }
    return PlayerService(
        ledger,
        store,
        catalogue,
        starters=starters,
        draw_class=lambda: draw_class(classes, drawn).name,
        new_id=new_id,
    )


def rolls(seed: int) -> Callable[[], int]:
    """Return what draws the rolls of battles: by `seed`, or unforeseeable ones when it is 0."""
    drawn = random.Random(seed) if seed else random.SystemRandom()  # noqa: S311 - repeatable when asked
    return lambda: drawn.randrange(ROLL_SIDES)


def build_economy(settings: Settings) -> EconomyService[Answered]:
    """Wire the economy questions to the engine of this profile; it opens when first asked."""

    @cache
    def desk() -> Desk:
        # Whoever never asks need not hold DuckDB in memory.
        from src.economy.desk import Desk  # noqa: PLC0415
        from src.economy.engines import moment_of, open_guest_engine  # noqa: PLC0415

        return Desk(lambda: open_guest_engine(settings), lambda: moment_of(settings))

    def descriptions() -> Mapping[str, str]:
        return {name: asked.description for name, asked in questions().items()}

    return EconomyService(
        descriptions,
        lambda name: desk().answer(name),
        faults=(EngineError,),
        # Half of a worker's threads stay free to trade, whatever is asked.
        askers_max=max(1, settings.api_threads // 2),
    )


def build_store(settings: Settings) -> RedisPlayerStore:
    """Return the player store of a realm."""
    return RedisPlayerStore(
        settings.redis_host,
        settings.redis_port,
        Keys(settings.realm),
        outbox_entries_max=settings.outbox_entries_max,
        outbox_bytes_max=settings.outbox_bytes_max,
        recent_trades_kept=settings.recent_trades_kept,
        built_in_guilds=load_guilds(),
    )


def build_tokens(settings: Settings) -> Tokens:
    """Return the tokens of a realm."""
    return Tokens(settings.redis_host, settings.redis_port, Keys(settings.realm))


def build_outbox(settings: Settings) -> Outbox:
    """Return the outbox of a realm."""
    return Outbox(settings.redis_host, settings.redis_port, Keys(settings.realm))


def build_log(settings: Settings) -> EventLog:
    """Return the log of a realm, as its one writer has it."""
    client = KafkaEventLog if settings.relay_client == "kafka-python" else LibrdkafkaEventLog
    return client(settings.kafka_bootstrap, settings.realm)


def build_log_reader(settings: Settings) -> LogReader:
    """Return the log of a realm, as a reader has it."""
    return LogReader(settings.kafka_bootstrap, settings.realm)


def build_restoration(settings: Settings) -> Restoration:
    """Return what a realm is rebuilt with."""
    return Restoration(settings.redis_host, settings.redis_port, Keys(settings.realm))


def build_relay(settings: Settings) -> Relay:
    """Wire the relay from the outbox to Kafka."""
    return Relay(
        build_outbox(settings),
        build_log(settings),
        Pace(settings.relay_batch_entries, settings.relay_gather_ms / 1_000),
        watchdog(settings.relay_timeout_s),
    )


def build_replay_log(settings: Settings) -> KafkaReplayLog:
    """Return the log that quarantined records are replayed into."""
    return KafkaReplayLog(settings.kafka_bootstrap, settings.realm)


def issue_token(settings: Settings, role: str, player_id: int | None = None) -> str:
    """Return a new API token of a role.

    Raises:
        ValueError: no such role, or the player does not fit the role.
        StoreUnreachable: Redis does not answer.
    """
    tokens = build_tokens(settings)
    try:
        return tokens.issue(Role(role), player_id)
    finally:
        tokens.close()


def now() -> datetime:
    """Return the time, UTC, with microseconds."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a new UUIDv7: unique, and rising with time (RFC 9562)."""
    return str(uuid_utils.uuid7())


def pause(attempt: int) -> None:
    """Wait a random while before the `attempt`-th retry, so that rivals do not meet again."""
    longest = min(_PAUSE_S * 2 ** (attempt - 1), _PAUSE_MAX_S)
    time.sleep(random.uniform(0, longest))  # noqa: S311 - spreads rivals, keeps no secret
