"""A small real HTTP server that plays by the real rules, and can be told to misbehave.

It stands in for the API where a test needs faults on demand: lost answers, `busy`, a coin that
vanishes. The whole API is tried by the end-to-end tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from random import Random
from threading import Lock, Thread
from typing import Any

from msgspec.structs import replace

from src.classes.battle import ROLL_SIDES, Battle, fight
from src.classes.guild import guild_join, guild_leave
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.classes.shop import purchase, sale
from src.classes.trade import Refusal, Settlement, Trade, player_trade, settle
from src.inventory_generation.starter import starter_inventory
from tests.support.planned import ENEMIES
from tests.support.rules import CATALOGUE, CLASSES, GUILDS

Answer = tuple[int, dict[str, Any], dict[str, str]]


class TinyGame:
    """Players in memory. `faults` are taken one a keyed request, first to last.

    A fault is `lose_answer` (the change is made, the connection closes without an answer),
    `busy`, `unavailable`, or `steal_coin` (player 1 loses a coin that no trade moved).
    """

    def __init__(self, faults: Iterator[str | None]) -> None:
        self.players: dict[int, Player] = {}
        self.seen: dict[str, tuple[str, Answer]] = {}
        self.requests = 0
        self.lock = Lock()
        self.trade_ids = count(1)
        self._faults = faults

    def answer(self, method: str, path: str, key: str | None, text: str) -> Answer | None:
        """Answer one request; None closes the connection."""
        with self.lock:
            self.requests += 1
            if key is None:
                return self._carry_out(method, path, {})
            fault = next(self._faults, None)
            if key in self.seen:
                asked, (status, body, _) = self.seen[key]
                assert asked == text, f"key {key} came back with another body"
                return status, body, {"Idempotency-Replayed": "true"}
            if fault == "busy":
                return 409, {"status": 409, "reason": "busy", "title": "busy"}, {}
            if fault == "unavailable":
                return 503, {"status": 503, "reason": "unchecked"}, {"Retry-After": "7"}
            answer = self._carry_out(method, path, json.loads(text))
            self.seen[key] = text, answer
            if fault == "steal_coin":
                self.players[1] = replace(self.players[1], gold=self.players[1].gold - 1)
            return None if fault == "lose_answer" else answer

    def _carry_out(  # noqa: PLR0911 - one return a route
        self, method: str, path: str, body: dict[str, Any]
    ) -> Answer:
        words = path.removeprefix("/v1/").split("/")
        match method, words:
            case "POST", ["players"]:
                return 201, self._create(body), {}
            case "GET", ["players", player_id]:
                return 200, view(self.players[int(player_id)]), {}
            case "POST", ["trades"]:
                return self._decided(201, self._swap(body))
            case "POST", ["trades", "batch"]:
                results = [self._decided(201, self._swap(each))[1] for each in body["trades"]]
                return 200, {"results": results}, {}
            case "POST", ["players", player_id, "purchases"]:
                item = int(body["item_id"]), int(body["quantity"])
                trade = purchase(self._trade_id(), int(player_id), *item, CATALOGUE)
                return self._decided(201, trade)
            case "POST", ["players", player_id, "sales"]:
                item = int(body["item_id"]), int(body["quantity"])
                return self._decided(201, sale(self._trade_id(), int(player_id), *item, CATALOGUE))
            case "POST", ["players", player_id, "battles"]:
                return self._fight(int(player_id), body)
            case "PUT", ["players", player_id, "guild"]:
                guild = GUILDS[body["guild"]]
                return self._decided(200, guild_join(self._trade_id(), int(player_id), guild))
            case "DELETE", ["players", player_id, "guild"]:
                trade = guild_leave(self._trade_id(), int(player_id), body["guild"])
                return self._decided(200, trade)
            case _:
                return 404, {"status": 404, "reason": "not_found"}, {}

    def _create(self, body: Mapping[str, str]) -> dict[str, Any]:
        player_class = CLASSES[body["player_class"]]
        player = Player(
            player_id=len(self.players) + 1,
            version=1,
            username=body["username"],
            player_class=player_class.name,
            gold=player_class.gold,
            inventory=starter_inventory(player_class),
        )
        self.players[player.player_id] = player
        return view(player)

    def _swap(self, body: Mapping[str, Any]) -> Trade:
        one, two = (
            (
                side["player_id"],
                side["gold"],
                [(line["item_id"], line["quantity"]) for line in side["items"]],
            )
            for side in (body["player_1"], body["player_2"])
        )
        return player_trade(self._trade_id(), (one, two))

    def _fight(self, player_id: int, body: Mapping[str, Any]) -> Answer:
        # Seeded by who fights and at which version: the same whatever happens elsewhere.
        player = self.players[player_id]
        drawn = Random(f"{player.username}/{player.version}")  # noqa: S311 - a game, and seeded
        battle = Battle(
            trade_id=self._trade_id(),
            player_id=player_id,
            enemy=body["enemy"],
            weapon_item_id=body["weapon_item_id"],
            roll=drawn.randrange(ROLL_SIDES),
        )
        return self._told(201, fight(battle, ENEMIES, self.players, CATALOGUE))

    def _decided(self, status: int, trade: Trade) -> Answer:
        return self._told(status, settle(trade, self.players, CATALOGUE))

    def _told(self, status: int, decision: Settlement | Refusal) -> Answer:
        trade = decision.trade
        if isinstance(decision, Refusal):
            problem = {
                "status": 409,
                "reason": decision.reason.word,
                "detail": decision.error.detail,
                "trade_id": trade.trade_id,
            }
            return 409, problem, {}
        self.players.update(decision.players)
        told = [
            {"player_id": p.player_id, "version": p.version, "gold": p.gold}
            for p in decision.players.values()
        ]
        settled = {"trade_id": trade.trade_id, "status": "settled", "players": told}
        outcome = {} if trade.outcome is None else {"outcome": trade.outcome}
        return status, {**settled, **outcome}, {}

    def _trade_id(self) -> str:
        return f"trade-{next(self.trade_ids)}"


def view(player: Player) -> dict[str, Any]:
    """Return a player as the API shows it."""
    return {
        "player_id": player.player_id,
        "version": player.version,
        "username": player.username,
        "player_class": player.player_class,
        "guild": player.guild,
        "gold": player.gold,
        "inventory": inventory_view(player.inventory),
    }


def inventory_view(inventory: Inventory) -> dict[str, Any]:
    """Return an inventory as the API shows it."""
    return {
        "max_capacity": inventory.max_capacity,
        "used_capacity": inventory.used_capacity,
        "free_capacity": inventory.free_capacity,
        "items": [
            {"item_id": item_id, "quantity": quantity}
            for item_id, quantity in inventory.items.items()
        ],
    }


@contextmanager
def serving(game: TinyGame) -> Iterator[str]:
    """Serve a game on a free port of this machine; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10
        # Else each small answer waits for the other side's delayed acknowledgement.
        disable_nagle_algorithm = True
        wbufsize = -1

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            text = self.rfile.read(length).decode()
            answered = game.answer(
                self.command, self.path, self.headers.get("Idempotency-Key"), text
            )
            if answered is None:
                self.close_connection = True
                return
            status, body, headers = answered
            encoded = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - http.server names them

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as http.server has it
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
