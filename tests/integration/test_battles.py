"""Battles as they are asked for: one roll each, recorded, told the same again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing

import pytest
from msgspec.structs import replace

from src.bootstrap import new_id, now
from src.classes.battle import ROLL_SIDES
from src.events.record import Recorder
from src.services.answers import Asked
from src.services.battle_service import BattleService
from src.services.ledger import Ledger, Limits
from src.services.orders import BattleOrder, ShopOrder
from src.services.ports import Commit
from tests.support.api import Api, api_of
from tests.support.clocks import no_pause
from tests.support.faults import FaultyStore, faulty_store
from tests.support.realm import Realm, gives, open_realm, swap

IRON_SWORD = 2
BATTLES = "/v1/players/1/battles"


def battles_on(realm: Realm, store: FaultyStore, rolls: Sequence[int]) -> BattleService:
    """Return the battles of a realm on another store; each roll is drawn once, in this order."""
    services, left = realm.services, iter(rolls)
    ledger = Ledger(
        store,
        Recorder(services.catalogue, new_id),
        realm=realm.settings.realm,
        clock=now,
        pause=no_pause,
        limits=Limits(attempts_max=8, commit_trades=2, answer_ttl_s=3_600),
    )
    return BattleService(
        ledger,
        services.catalogue,
        services.battles.enemies,
        new_id=new_id,
        roll=lambda: next(left),
    )


@pytest.mark.parametrize(("roll", "outcome"), [(0, "won"), (ROLL_SIDES - 1, "lost")])
def test_a_battle_in_conflict_keeps_its_roll(realm: Realm, roll: int, outcome: str) -> None:
    fighter, other = realm.create("farmer"), realm.create("hunter")
    with closing(faulty_store(realm)) as store:
        rivals = iter(range(3))

        def rival(commits: Sequence[Commit]) -> Sequence[Commit]:
            if next(rivals, None) is not None:
                realm.services.trades.trade(swap(gives(fighter, 1), gives(other)), Asked())
            return commits

        store.before = rival
        # Rolls after the first would say the opposite, and after the second there are none.
        fights = battles_on(realm, store, [roll, ROLL_SIDES - 1 - roll])
        told = fights.fight(fighter, BattleOrder("Goblin"), Asked())
    assert told.outcome.battle is not None
    assert told.outcome.battle.outcome == outcome
    assert realm.audit().gold(fighter) == 497 + (12 if outcome == "won" else -10)


def test_a_battle_sent_again_is_told_as_it_was_the_first_time(api: Api) -> None:
    api.realm.create("farmer")
    answers = [
        [api.post(BATTLES, {"enemy": "Cave Rat"}, key=f"k{number}") for _ in range(2)]
        for number in range(12)
    ]
    for first, again in answers:
        assert first.status == again.status == 201
        assert again.raw == first.raw
        assert again.headers["idempotency-replayed"] == "true"
    # Even chances: that all twelve end alike happens once in 2,048 runs, and would prove nothing.
    fought = [e for e in api.realm.events() if e.get("kind") == "battle"]
    assert len(fought) == 12
    api.realm.audit()


def test_what_is_told_is_what_was_recorded_and_moved(api: Api) -> None:
    fighter = api.realm.create("blacksmith")
    gold = api.get(f"/v1/players/{fighter}").body["gold"]
    for _ in range(8):
        answer = api.post(BATTLES, {"enemy": "Goblin", "weapon_item_id": IRON_SWORD})
        told = answer.body
        recorded = [e for e in api.realm.events() if e["event_type"] == "trade"][-1]
        for name in ("trade_id", "enemy", "outcome", "weapon_item_id"):
            assert told[name] == recorded[name]
        assert (recorded["kind"], recorded["status"]) == ("battle", "settled")
        (leg,) = recorded["legs"]
        won = told["outcome"] == "won"
        assert (told["gold_won"], told["gold_lost"]) == ((12, 0) if won else (0, 10))
        assert leg["quantity"] == told["gold_won"] + told["gold_lost"]
        ends = ["house:battle", "player:1"]
        assert [leg["from_account"], leg["to_account"]] == (ends if won else ends[::-1])
        gold += told["gold_won"] - told["gold_lost"]
        assert told["players"][0]["gold"] == gold
    assert api.get("/v1/players/1/trades").body["trades"][0]["enemy"] == "Goblin"
    api.realm.audit()


def test_loot_is_told_and_lies_in_the_inventory(api: Api) -> None:
    api.realm.create("adventurer")
    # The strongest sword there is; the wolf has 40 against its 211.
    api.post("/v1/players/1/purchases", {"item_id": 186})
    won = 0
    while won < 2:
        told = api.post(BATTLES, {"enemy": "Wolf", "weapon_item_id": 186}).body
        won += told["outcome"] == "won"
        loot = [{"item_id": 8, "quantity": 3}] if told["outcome"] == "won" else []
        assert told["items_won"] == loot
    assert api.realm.audit().items(1)[8] == 6


def test_a_refused_battle_is_recorded_and_changes_nothing(api: Api) -> None:
    api.realm.create("farmer")
    before = api.get("/v1/players/1").body
    for body, reason in (
        ({"enemy": "Nobody"}, "unknown_enemy"),
        ({"enemy": "Goblin", "weapon_item_id": 5}, "not_a_weapon"),
        ({"enemy": "Goblin", "weapon_item_id": IRON_SWORD}, "missing_items"),
        ({"enemy": "Goblin", "weapon_item_id": 16}, "unknown_item"),
    ):
        answer = api.post(BATTLES, body)
        recorded = api.realm.events()[-1]
        assert answer.reason == recorded["reason"] == reason
        assert (recorded["enemy"], recorded.get("outcome")) == (body["enemy"], None)
    assert api.get("/v1/players/1").body == before
    api.realm.audit()


@pytest.mark.parametrize(
    "body", [{}, {"enemy": ""}, {"enemy": "x" * 65}, {"enemy": "a", "roll": 0}, {"enemy": 1}]
)
def test_a_battle_without_a_nameable_enemy_is_invalid(api: Api, body: object) -> None:
    api.realm.create("farmer")
    assert api.post(BATTLES, body).reason == "invalid"


def test_a_loser_that_has_nothing_left_goes_on_losing_nothing(api: Api) -> None:
    fighter, other = api.realm.create("farmer"), api.realm.create("hunter")
    api.realm.services.trades.trade(swap(gives(fighter, 500), gives(other)), Asked())
    outcomes = Counter[str]()
    while outcomes["lost"] < 2:
        told = api.post(BATTLES, {"enemy": "Dragon"}).body
        outcomes[told["outcome"]] += 1
        if not outcomes["won"]:
            assert (told["gold_lost"], told["players"][0]["gold"]) == (0, 0)
    api.realm.audit()


def test_a_seed_makes_battles_repeat(realm: Realm) -> None:
    def outcomes(seed: int, name: str) -> list[str]:
        settings = replace(realm.settings, battle_seed=seed, realm=f"{realm.settings.realm}{name}")
        with open_realm(settings) as seeded:
            fighter = seeded.create("farmer")
            told: list[str] = []
            for _ in range(30):
                fought = seeded.services.battles.fight(fighter, BattleOrder("Cave Rat"), Asked())
                assert fought.outcome.battle is not None
                told.append(fought.outcome.battle.outcome)
            for key in seeded.redis.scan_iter(match=f"{{{settings.realm}}}:*"):
                seeded.redis.delete(key)
            return told

    first = outcomes(7, "a")
    assert outcomes(7, "b") == first
    assert outcomes(8, "c") != first
    assert set(first) == {"won", "lost"}


def test_the_enemies_can_be_looked_up_the_weakest_first(api: Api) -> None:
    found = api.get("/v1/enemies").body["enemies"]
    assert found[0] == {"name": "Cave Rat", "strength": 10, "gold": 3, "items": [], "toll": 3}
    assert [each["strength"] for each in found] == sorted(each["strength"] for each in found)
    with api_of(api.realm) as another:
        assert another.get("/v1/enemies").body["enemies"] == found


def test_a_weapon_that_is_sold_before_the_commit_is_missing(realm: Realm) -> None:
    smith = realm.create("blacksmith")
    with closing(faulty_store(realm)) as store:

        def sells_all(commits: Sequence[Commit]) -> Sequence[Commit]:
            store.before = lambda commits: commits
            realm.services.shop.sell(smith, ShopOrder(IRON_SWORD, 499), Asked())
            return commits

        store.before = sells_all
        fights = battles_on(realm, store, [0])
        told = fights.fight(smith, BattleOrder("Goblin", IRON_SWORD), Asked())
    assert told.outcome.reason == "missing_items"
    realm.audit()
