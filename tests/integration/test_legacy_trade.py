"""`POST /trade` of old clients: whole states in, whole states out, nothing believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import msgspec
import pytest

from src.classes.amounts import AMOUNT_MAX
from src.services.answers import Asked
from tests.support.api import Answer, Api
from tests.support.legacy import HOST, OldClient
from tests.support.realm import gives, swap

FARMER, HUNTER = 1, 2
FOOD, MILK, VENISON, LEATHER = 5, 6, 7, 8


@pytest.fixture
def client(api: Api) -> Iterator[OldClient]:
    """A client in a realm with a farmer, player 1, and a hunter, player 2."""
    assert (api.realm.create("farmer"), api.realm.create("hunter")) == (FARMER, HUNTER)
    yield OldClient(api)
    api.realm.audit()


def state(client: OldClient, player_id: int) -> dict[str, Any]:
    """Return a player as old clients describe it."""
    shown = client.api.get(f"/v1/players/{player_id}").body
    inventory = shown["inventory"]
    return {
        "player_id": player_id,
        "username": shown["username"],
        "player_class": shown["player_class"],
        "gold": shown["gold"],
        "inventory": {
            "max_capacity": inventory["max_capacity"],
            "current_capacity": inventory["free_capacity"],
            "items": [
                {name: stack[name] for name in ("item_id", "name", "level", "value", "quantity")}
                for stack in inventory["items"]
            ],
        },
    }


def item(client: OldClient, item_id: int, quantity: int) -> dict[str, Any]:
    """Return an offered stack as old clients describe it."""
    known = client.api.realm.services.catalogue.item(item_id)
    return {
        "item_id": item_id,
        "name": known.name,
        "level": known.level,
        "value": known.value,
        "quantity": quantity,
    }


def body(client: OldClient, **offers: Any) -> dict[str, Any]:
    """Return a trade of the farmer and the hunter: one food package for one venison."""
    one = {"items_traded": [item(client, FOOD, 1)], "gold_traded": 0, **offers.get("one", {})}
    two = {"items_traded": [item(client, VENISON, 1)], "gold_traded": 0, **offers.get("two", {})}
    return {
        "player_1": {**state(client, FARMER), **one},
        "player_2": {**state(client, HUNTER), **two},
    }


def traded(client: OldClient, sent: Any) -> Any:
    answer = client.ask("POST", "/trade", sent)
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json"
    return answer.body


def test_a_trade_answers_both_states_as_they_are_after_it(client: OldClient) -> None:
    sent = body(client, one={"gold_traded": 20})
    told = traded(client, sent)
    for number, player_id in (("player_1", FARMER), ("player_2", HUNTER)):
        offer = {name: sent[number][name] for name in ("items_traded", "gold_traded")}
        assert told[number] == {**state(client, player_id), **offer}
    assert (told["player_1"]["gold"], told["player_2"]["gold"]) == (480, 520)
    assert (told["is_valid"], told["fail_reason"]) == (True, "N/A")
    assert re.fullmatch(r"\d\d/\d\d/\d{4}, \d\d:\d\d:\d\d\.\d{6}", told["trade_time"])
    last = client.last
    assert (last["kind"], last["status"]) == ("player_trade", "settled")
    claimed = {
        "player_1.gold": 500,
        "player_1.units": 899,
        "player_2.gold": 500,
        "player_2.units": 899,
    }
    assert client.asked == {"host": HOST, "said": claimed}


def test_the_answers_states_can_be_sent_with_the_next_trade(client: OldClient) -> None:
    sent = body(client)
    for _ in range(3):
        told = traded(client, sent)
        assert told["is_valid"]
        sent = {number: told[number] for number in ("player_1", "player_2")}


def test_a_stack_that_is_used_up_is_left_out_and_may_be_sent_as_zero(client: OldClient) -> None:
    all_food = {"items_traded": [item(client, FOOD, 500)]}
    all_venison = {"items_traded": [item(client, VENISON, 450), item(client, LEATHER, 50)]}
    told = traded(client, body(client, one=all_food, two=all_venison))
    assert FOOD not in [each["item_id"] for each in told["player_1"]["inventory"]["items"]]
    sent = body(client, one={"items_traded": [item(client, MILK, 1), item(client, FOOD, 0)]})
    sent["player_2"]["items_traded"] = []
    sent["player_1"]["inventory"]["items"].append(item(client, FOOD, 0))
    assert traded(client, sent)["is_valid"]


def forged(client: OldClient, number: str, **changes: Any) -> dict[str, Any]:
    """Return a trade in which a player is said to hold something else."""
    sent = body(client)
    side = sent[number]
    side["inventory"] |= changes.pop("inventory", {})
    side |= changes
    return sent


def every_fault_of(client: OldClient) -> dict[str, Any]:
    """Return a trade that breaks each rule that is checked, for both players."""
    sent = body(
        client,
        one={"gold_traded": 600, "items_traded": [item(client, LEATHER, 300)]},
        two={"gold_traded": 600, "items_traded": [item(client, MILK, 500)]},
    )
    for number in ("player_1", "player_2"):
        sent[number]["gold"] += 1_000_000
        sent[number]["inventory"]["current_capacity"] += 1
    return sent


def test_faults_are_told_in_their_order(client: OldClient) -> None:
    """Repair one fault after the other, and meet the next."""
    sent, told = every_fault_of(client), []

    def meet() -> None:
        answer = traded(client, sent)
        assert answer["is_valid"] is False
        assert answer["player_1"] == state(client, FARMER)
        assert answer["player_2"] == state(client, HUNTER)
        told.append(answer["fail_reason"])

    for number, wrong in (("player_1", "inventory"), ("player_2", "inventory")):
        meet()
        sent[number][wrong]["current_capacity"] -= 1
    for number in ("player_1", "player_2"):
        meet()
        sent[number]["gold"] = 500
    for number in ("player_1", "player_2"):
        meet()
        sent[number]["gold_traded"] = 0
    # Player 1 would get 200 units more than it gives, and has room for 100; turned, so has 2.
    meet()
    sent["player_1"]["items_traded"][0]["quantity"] = 700
    meet()
    sent["player_1"]["items_traded"][0]["quantity"] = 500
    meet()
    sent["player_1"]["items_traded"] = []
    sent["player_2"]["items_traded"][0]["quantity"] = 1
    meet()
    sent["player_2"]["items_traded"] = [item(client, VENISON, 1)]
    assert traded(client, sent)["is_valid"] is True
    one, two = "Player 1 (player_id = 1) ", "Player 2 (player_id = 2) "
    assert told == [
        f"{one}does not have the inventory that the request says: claim_differs.",
        f"{two}does not have the inventory that the request says: claim_differs.",
        f"{one}does not have the gold that the request says: claim_differs.",
        f"{two}does not have the gold that the request says: claim_differs.",
        f"{one}does not have enough gold: insufficient_gold.",
        f"{two}does not have enough gold: insufficient_gold.",
        f"{one}does not have enough space in its inventory: no_space.",
        f"{two}does not have enough space in its inventory: no_space.",
        f"{one}does not have the items that it gives: missing_items.",
        f"{two}does not have the items that it gives: missing_items.",
    ]
    recorded = [e["reason"] for e in client.api.realm.events() if e.get("status") == "rejected"]
    assert recorded == [sentence.split(": ")[1].rstrip(".") for sentence in told]


@pytest.mark.parametrize("number", ["player_1", "player_2"])
@pytest.mark.parametrize(
    "changes",
    [
        {"inventory": {"items": []}},
        {"inventory": {"max_capacity": 1_000}},
        {"inventory": {"current_capacity": 99}},
        {"inventory": {"items": [{"item_id": 5, "quantity": -1}]}},
        {"inventory": {"items": [{"item_id": 16, "quantity": 899}]}},
        {"inventory": {"items": [{"item_id": 18, "quantity": 1_000}], "current_capacity": -1}},
        {"gold": 501},
        {"gold": -500},
        {"gold": 10**30},
    ],
)
def test_a_forged_state_is_refused_and_changes_nothing(
    client: OldClient, number: str, changes: dict[str, Any]
) -> None:
    before = [state(client, p) for p in (FARMER, HUNTER)]
    told = traded(client, forged(client, number, **deepcopy(changes)))
    assert "claim_differs" in told["fail_reason"]
    assert [told["player_1"], told["player_2"]] == before
    assert [state(client, p) for p in (FARMER, HUNTER)] == before
    assert client.last["reason"] == "claim_differs"


@pytest.mark.parametrize("described", [{"value": 9_999}, {"level": 99}, {"name": "Crown"}])
def test_an_item_that_is_described_as_another_is_a_forged_inventory(
    client: OldClient, described: dict[str, Any]
) -> None:
    sent = body(client)
    sent["player_1"]["inventory"]["items"][0] |= described
    assert "inventory" in traded(client, sent)["fail_reason"]


def test_the_order_of_stacks_does_not_matter(client: OldClient) -> None:
    sent = body(client)
    sent["player_1"]["inventory"]["items"].reverse()
    assert traded(client, sent)["is_valid"] is True


def test_a_state_that_is_no_longer_true_is_refused(client: OldClient) -> None:
    sent = body(client)
    client.api.realm.services.trades.trade(swap(gives(FARMER, 1), gives(HUNTER)), Asked())
    assert "gold" in traded(client, sent)["fail_reason"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda sent: sent.update(player_2=sent["player_1"]), "self_trade"),
        (lambda sent: sent["player_2"].update(player_id=99), "unknown_player"),
        (lambda sent: sent["player_1"].update(player_id=99), "unknown_player"),
        (
            lambda sent: sent["player_1"].update(items_traded=[{"item_id": 16, "quantity": 1}]),
            "unknown_item",
        ),
        (lambda sent: [s.update(items_traded=[]) for s in sent.values()], "empty_trade"),
    ],
)
def test_what_cannot_be_a_trade_is_refused_and_recorded(
    client: OldClient, change: Any, reason: str
) -> None:
    sent = body(client)
    change(sent)
    told = traded(client, sent)
    assert told["is_valid"] is False
    assert reason in told["fail_reason"]
    assert client.last["reason"] == reason
    for number in ("player_1", "player_2"):
        player_id = sent[number]["player_id"]
        known = player_id in {FARMER, HUNTER}
        assert told[number] == (state(client, player_id) if known else None)


@pytest.mark.parametrize(
    "change",
    [
        {"gold_traded": -1},
        {"gold_traded": 0.5},
        {"gold_traded": "10"},
        {"gold_traded": AMOUNT_MAX + 1},
        {"items_traded": [{"item_id": 5, "quantity": -3}]},
        {"items_traded": [{"item_id": 5, "quantity": 1.5}]},
        {"items_traded": [{"item_id": 5}]},
        {"items_traded": {"item_id": 5, "quantity": 1}},
        {"player_id": 0},
        {"player_id": "1"},
        {"gold": 499.5},
        {"inventory": None},
    ],
)
def test_amounts_that_are_none_are_malformed_and_move_nothing(
    client: OldClient, change: dict[str, Any]
) -> None:
    before = client.api.realm.events()
    sent = body(client)
    sent["player_1"] |= change
    answer: Answer = client.ask("POST", "/trade", sent)
    assert (answer.status, answer.reason) == (400, "malformed")
    assert client.api.realm.events() == before


@pytest.mark.parametrize("sent", [None, b"", b"{", b"[]", {}, {"player_1": {}}])
def test_a_body_that_is_no_trade_is_malformed(client: OldClient, sent: Any) -> None:
    assert client.ask("POST", "/trade", sent).status == 400


def test_lines_of_one_item_that_cannot_be_added_up_are_invalid(client: OldClient) -> None:
    lines = [{"item_id": FOOD, "quantity": AMOUNT_MAX}] * 2
    answer = client.ask("POST", "/trade", body(client, one={"items_traded": lines}))
    assert (answer.status, answer.reason) == (422, "amount_too_large")


def test_a_trade_in_conflict_answers_the_states_that_it_left(client: OldClient) -> None:
    """Many trades of the same players at once: each answer is of one moment."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only here

    sent = msgspec.json.encode(body(client))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: traded(client, sent), range(16)))
    # All said that nobody had traded yet: that was true for one of them.
    assert [answer["is_valid"] for answer in answers].count(True) == 1
    for answer in answers:
        units = sum(each["quantity"] for each in answer["player_1"]["inventory"]["items"])
        assert units == 899
