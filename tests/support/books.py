"""Books kept from the outbox alone, and the audit that holds them against what Redis says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from src.classes.item import Catalogue
from src.classes.player import Player
from src.events.outbox_entry import Record

#: An event as a reader of the log sees it.
EventDict = dict[str, Any]


class Books:
    """What lies in each account, by item id, the item id None for coins."""

    def __init__(self) -> None:
        self.accounts: defaultdict[str, Counter[int | None]] = defaultdict(Counter)

    def post(self, trade: EventDict) -> None:
        """Move the legs of a settled trade; a refused one moves nothing."""
        if trade["status"] != "settled":
            return
        for leg in trade["legs"]:
            assert leg["quantity"] > 0
            self.accounts[leg["from_account"]][leg["item_id"]] -= leg["quantity"]
            self.accounts[leg["to_account"]][leg["item_id"]] += leg["quantity"]

    def gold(self, player_id: int) -> int:
        """Return the coins in a player's account."""
        return self.accounts[f"player:{player_id}"][None]

    def items(self, player_id: int) -> dict[int, int]:
        """Return the units by item id in a player's account."""
        held = self.accounts[f"player:{player_id}"]
        return {item_id: units for item_id, units in held.items() if item_id is not None and units}

    def totals(self) -> Counter[int | None]:
        """Return the sum of each asset over all accounts, those of the houses included."""
        totals: Counter[int | None] = Counter()
        for held in self.accounts.values():
            totals.update(held)
        return totals

    def supply(self) -> Counter[int | None]:
        """Return what all players hold together, by item id."""
        held_by_players: Counter[int | None] = Counter()
        for account, held in self.accounts.items():
            if account.startswith("player:"):
                held_by_players.update(held)
        return held_by_players


def events_of(records: Iterable[Record]) -> list[EventDict]:
    """Return the events of records, in their order."""
    return [msgspec.json.decode(record.value) for record in records]


def audit(events: Sequence[EventDict], players: Iterable[Player], catalogue: Catalogue) -> Books:
    """Check a realm's events from its first one, and its players, against each other.

    Numbers and versions are contiguous, each state is the fold of all legs before it, nothing is
    negative, every asset that players hold came from a house account, and what Redis says of
    each player is its last state.
    """
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert len({event["event_id"] for event in events}) == len(events)
    books, latest = Books(), dict[int, EventDict]()
    for event in events:
        if event["event_type"] == "trade":
            books.post(event)
        else:
            before = latest.get(event["player_id"], {"version": 0})
            assert event["version"] == before["version"] + 1
            latest[event["player_id"]] = event
            _check_state(event, books, catalogue)
    assert not any(books.totals().values())
    assert all(units >= 0 for units in books.supply().values())
    found = {player.player_id: player for player in players}
    assert found.keys() == latest.keys()
    for player_id, player in found.items():
        _check_player(player, latest[player_id], books)
    return books


def _check_state(state: EventDict, books: Books, catalogue: Catalogue) -> None:
    player_id = state["player_id"]
    items = {stack["item_id"]: stack["quantity"] for stack in state["items"]}
    assert state["gold"] == books.gold(player_id) >= 0
    assert items == books.items(player_id)
    assert list(items) == sorted(items)
    assert all(quantity > 0 for quantity in items.values())
    assert state["used_capacity"] == sum(items.values()) <= state["max_capacity"]
    assert state["distinct_items"] == len(items)
    worth = sum(quantity * catalogue.item(item_id).value for item_id, quantity in items.items())
    assert state["inventory_value"] == worth


def _check_player(player: Player, latest: EventDict, books: Books) -> None:
    assert player.version == latest["version"]
    assert player.gold == latest["gold"] == books.gold(player.player_id)
    assert player.inventory.items == books.items(player.player_id)
    assert player.guild == latest["guild"]
