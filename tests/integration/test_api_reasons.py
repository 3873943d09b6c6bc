"""Each word that `reason` can be, brought about by a client."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing

import pytest
from msgspec.structs import replace

from src.api.errors import OTHER_REASONS, STATUS_OF_REASON
from src.classes.amounts import AMOUNT_MAX
from src.classes.errors import Reason
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.classes.shop import starter_grant
from src.classes.trade import settle
from src.player_store.tokens import Role
from src.services.answers import Asked
from src.services.draft import Command
from tests.support.api import Answer, Api, api_of
from tests.support.faults import faulty_store
from tests.support.kafka import free_ports
from tests.support.realm import gives, open_realm, swap

FARMER, HUNTER, NOBODY = 1, 2, 99


def trade(api: Api, gold: int = 0, items: int = 0, *, item_id: int = 5, to: int = HUNTER) -> Answer:
    """Let the farmer give something."""
    lines = [{"item_id": item_id, "quantity": items}] if items else []
    one = {"player_id": FARMER, "gold": gold, "items": lines}
    return api.post("/v1/trades", {"player_1": one, "player_2": {"player_id": to}})


def joining(api: Api, guild: str) -> Answer:
    return api.ask("PUT", "/v1/players/1/guild", {"guild": guild})


def joining_twice(api: Api) -> Answer:
    joining(api, "Wayfarers")
    return joining(api, "Green Table")


def past_the_limit(api: Api) -> Answer:
    """Give a coin to someone who was given all that can be had."""
    services = api.realm.services
    rich = services.store.next_player_id()
    unborn = Player(
        player_id=rich,
        version=0,
        username="rich",
        player_class="banker",
        inventory=Inventory(1),
    )
    grant = starter_grant("a-grant", rich, AMOUNT_MAX, ())
    granting = Command((rich,), lambda _: settle(grant, {rich: unborn}, services.catalogue))
    services.ledger.carry_out(granting, Asked())
    return trade(api, 1, to=rich)


def a_guild_founded_twice(api: Api) -> Answer:
    api.post("/v1/guilds", {"name": "Night Watch", "fee": 5})
    return api.post("/v1/guilds", {"name": "Night Watch", "fee": 6})


def a_key_used_twice(api: Api) -> Answer:
    api.post("/v1/players", {"username": "A"}, key="k")
    return api.post("/v1/players", {"username": "B"}, key="k")


def beaten_each_time(api: Api) -> Answer:
    realm, ledger = api.realm, api.app.extensions["guildhall"].ledger
    with closing(faulty_store(realm)) as store:

        def rival(commits: object) -> object:
            realm.services.trades.trade(swap(gives(FARMER, 1), gives(HUNTER)), Asked())
            return commits

        store.before = rival  # type: ignore[assignment]  # it passes on what it is given
        ledger._store = store  # noqa: SLF001 - a rival must come between reading and committing
        return trade(api, 1)


def a_full_outbox(api: Api) -> Answer:
    with (
        open_realm(replace(api.realm.settings, outbox_entries_max=1)) as full,
        api_of(full) as its_api,
    ):
        return trade(its_api, 1)


def without_redis(api: Api) -> Answer:
    elsewhere = replace(api.realm.settings, redis_port=free_ports(1)[0])
    with api_of(api.realm, elsewhere) as its_api:
        return trade(its_api, 1)


def unchecked(api: Api) -> Answer:
    api.realm.redis.set(api.realm.keys.checked_run_id, "another life")
    return trade(api, 1)


def battle(api: Api, enemy: str, **more: int) -> Answer:
    return api.post("/v1/players/1/battles", {"enemy": enemy, **more})


def asked_by_too_many(api: Api) -> Answer:
    economy = api.app.extensions["guildhall"].economy
    found: list[Answer] = []

    def ask_again(_name: str) -> None:
        found.append(api.get("/v1/economy/queries/trade_count"))

    # Whoever is being answered asks too, until there is no seat left.
    economy._answer = ask_again  # noqa: SLF001 - a query that takes as long as it must
    api.get("/v1/economy/queries/trade_count")
    return found[0]


def without_tables(api: Api) -> Answer:
    shutil.rmtree(api.realm.settings.warehouse)
    return api.get("/v1/economy/queries/trade_count")


CAUSES: dict[str, Callable[[Api], Answer]] = {
    "empty_trade": trade,
    "self_trade": lambda api: trade(api, 1, to=FARMER),
    "unknown_player": lambda api: trade(api, 1, to=NOBODY),
    "unknown_item": lambda api: trade(api, 0, 1, item_id=16),
    "unknown_guild": lambda api: joining(api, "Nobody"),
    "unknown_enemy": lambda api: battle(api, "Nobody"),
    "already_in_guild": joining_twice,
    "not_in_guild": lambda api: api.ask("DELETE", "/v1/players/1/guild"),
    "not_a_weapon": lambda api: battle(api, "Goblin", weapon_item_id=5),
    "insufficient_gold": lambda api: trade(api, 501),
    "missing_items": lambda api: trade(api, 0, 501),
    "no_space": lambda api: trade(api, 0, 101),
    "amount_limit": past_the_limit,
    "malformed": lambda api: api.post("/v1/trades", b"{"),
    "unauthenticated": lambda api: api.get("/v1/players/1", token="gh_nobody"),  # noqa: S106 - nobody's
    "forbidden": lambda api: api.post("/v1/players", token=api.token_of(Role.ANALYST)),
    "not_found": lambda api: api.get("/v1/nothing"),
    "unknown_question": lambda api: api.get("/v1/economy/queries/who_cares"),
    "method_not_allowed": lambda api: api.ask("DELETE", "/v1/trades"),
    "busy": beaten_each_time,
    "guild_exists": a_guild_founded_twice,
    "too_large": lambda api: api.post("/v1/players", b" " * 2_000_000),
    "invalid": lambda api: trade(api, -1),
    "amount_too_large": lambda api: api.post(
        "/v1/players/1/purchases", {"item_id": 101, "quantity": AMOUNT_MAX}
    ),
    "unknown_class": lambda api: api.post("/v1/players", {"player_class": "king"}),
    "idempotency_key_reused": a_key_used_twice,
    "economy_busy": asked_by_too_many,
    "economy_unavailable": without_tables,
    "outbox_full": a_full_outbox,
    "unchecked": unchecked,
    "store_unreachable": without_redis,
}

#: What no client can cause, and what only those of the old routes are told, who are told no
#: problems: `test_legacy_trade.py` causes it.
NEVER = {"internal", "claim_differs"}

STATUSES = {
    **{reason.word: status for reason, status in STATUS_OF_REASON.items()},
    **{word: status for word, (status, _) in OTHER_REASONS.items()},
}


def test_every_word_is_caused_here_but_those_that_no_client_of_these_routes_can() -> None:
    assert list(CAUSES) == [word for word in STATUSES if word not in NEVER]


def test_every_rule_has_a_status() -> None:
    assert list(STATUS_OF_REASON) == list(Reason)


@pytest.mark.parametrize("word", CAUSES)
def test_a_word_is_told_with_its_status_and_sentence(api: Api, word: str) -> None:
    assert (api.realm.create("farmer"), api.realm.create("hunter")) == (FARMER, HUNTER)
    answer = CAUSES[word](api)
    assert (answer.status, answer.reason) == (STATUSES[word], word)
    assert answer.body["type"] == f"urn:guildhall:problem:{word}"
    assert answer.body["title"].endswith(".")
    assert answer.body["detail"]
    assert ("retry-after" in answer.headers) == (answer.status == 503 or word == "busy")
    if word != "store_unreachable":
        api.realm.audit()


@pytest.mark.parametrize("player_class", ["", "King", "\x00", "x" * 10_000])
def test_only_the_classes_that_there_are_can_be_named(api: Api, player_class: str) -> None:
    answer = api.post("/v1/players", {"player_class": player_class})
    assert (answer.status, answer.reason) == (422, "unknown_class")
    assert "farmer" in answer.body["detail"]
    assert len(answer.raw) < 2_000


def test_a_trade_that_cannot_be_written_down_is_invalid_and_not_recorded(api: Api) -> None:
    before = api.realm.events()
    lines = [{"item_id": 5, "quantity": AMOUNT_MAX}] * 2
    side = {"player_id": NOBODY, "items": lines}
    answer = api.post("/v1/trades", {"player_1": side, "player_2": side})
    assert (answer.status, answer.reason) == (422, "amount_too_large")
    assert api.realm.events() == before
