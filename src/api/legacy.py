"""The routes of old clients, without tokens; `docs/guides/legacy-clients.md` says what differs.

They ask for the same things as everyone, of the same services. A refusal is recorded as any other,
and told with status 200: their load tools count everything else as a failure.
"""

from __future__ import annotations

import html
from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response
from msgspec import Meta, Struct

from src.api.context import request_id, services
from src.api.legacy_reading import Said, asked_json, chosen, said, said_body, said_host
from src.api.legacy_trade import WholeTrade, answer_of, claims_of, order_of, words_of
from src.api.views import json_response
from src.bootstrap import now
from src.classes.battle import might
from src.classes.player import Player
from src.services.answers import Asked, Told
from src.services.errors import UnknownClass
from src.services.orders import BattleOrder, PlayerOrder, ShopOrder

legacy = Blueprint("legacy", __name__)

_GUEST_CLASS = "adventurer"
_WEAPON_TYPES = frozenset({"sword", "bow", "spear", "dagger", "spell"})


class LegacyPlayer(Struct, frozen=True):
    """A new player as old clients ask for it."""

    player_class: str = "random"
    username: Annotated[str, Meta(max_length=64)] | None = None


@legacy.get("/")
def default_response() -> Response:
    """Say that somebody is there."""
    return _text("This is the default response!")


@legacy.put("/create_player")
def create_player() -> Response:
    """Create a player of a class, or of one that is drawn."""
    wanted = said_body(LegacyPlayer)
    player_class = None if wanted.player_class == "random" else wanted.player_class
    order = PlayerOrder(wanted.username or None, player_class)
    asked = Asked(request_id(), said=asked_json(said_host(), {}))
    try:
        player = services().players.create(order, asked).outcome.created
    except UnknownClass as error:
        return _text(f"No player was created: {error.reason}. {error.detail}")
    if player is None:
        return _text("No player was created.")
    return _text(
        f"New {player.player_class} (player_id = {player.player_id}) "
        f"with username = {player.username} created."
    )


@legacy.post("/trade")
def trade() -> Response:
    """Settle a trade between two players whose whole states the client sends, or say why not."""
    whole = said_body(WholeTrade)
    catalogue = services().catalogue
    asked = Asked(request_id(), said=asked_json(said_host(), words_of(whole)))
    result = services().trades.trade_claimed(order_of(whole), claims_of(whole, catalogue), asked)
    return json_response(answer_of(whole, result, catalogue, now()))


@legacy.get("/purchase_sword")
@legacy.get("/purchase_a_sword")
def purchase_a_sword() -> Response:
    """Buy a sword for the guest: the one described, or a plain one."""
    heard = said()
    told = _buy(heard, "sword")
    words = f": {_shown(heard.words)}" if heard.words else "!"
    return _answer(told, f"Sword Purchased{words}")


@legacy.get("/purchase_a_shield")
def purchase_a_shield() -> Response:
    """Buy a shield for the guest."""
    return _answer(_buy(said(), "shield"), "Shield Purchased!")


@legacy.get("/purchase_a_potion")
def purchase_a_potion() -> Response:
    """Buy a potion for the guest."""
    return _answer(_buy(said(), "potion"), "Potion Purchased!")


@legacy.route("/purchase_a_weapon", methods=["GET", "POST"])
def purchase_a_weapon() -> Response:
    """Buy a weapon of a type for the guest, at our price; of a type that there is not, a sword."""
    heard = said()
    kind = str(heard.words.get("weapon_type", "")).strip().casefold()
    is_known = kind in _WEAPON_TYPES
    told = _buy(heard, kind if is_known else "sword", {"weapon_type"} if is_known else set())
    return _answer(told, f"Weapon Purchased!{_echo(heard)}")


@legacy.route("/join_a_guild", methods=["GET", "POST"])
@legacy.route("/join_guild", methods=["GET", "POST"])
def join_a_guild() -> Response:
    """Let the guest join a guild by name or region; it leaves the one that it is in."""
    heard = said()
    guilds = services().guilds
    guild, taken = guilds.plain, set[str]()
    for name in ("guild_name", "region"):
        found = guilds.find(str(heard.words.get(name, "")).strip())
        if found is not None:
            guild, taken = found, {name}
            break
    player, asked = _guest(heard), _asked(heard, taken)
    if player.guild is None or player.guild == guild.name:
        told = guilds.join(player.player_id, guild.name, asked)
    else:
        told = guilds.move(player.player_id, player.guild, guild, asked)
    return _answer(told, f"Joined a Guild!{_echo(heard)}")


@legacy.get("/leave_guild")
def leave_guild() -> Response:
    """Let the guest leave the guild that is named, or whichever it is in."""
    heard = said()
    guild = services().guilds.find(str(heard.words.get("guild_name", "")).strip())
    told = services().guilds.leave(
        _guest(heard).player_id,
        None if guild is None else guild.name,
        _asked(heard, () if guild is None else {"guild_name"}),
    )
    return _answer(told, "Left Guild!")


@legacy.get("/get_credit")
def get_credit() -> Response:
    """Grant the guest some coins of a guild: the one named, its own, or the plain one."""
    heard = said()
    guilds, player = services().guilds, _guest(heard)
    named = guilds.find(str(heard.words.get("guild_name", "")).strip())
    guild = player.guild or guilds.plain.name if named is None else named.name
    asked = _asked(heard, () if named is None else {"guild_name"})
    told = guilds.grant(player.player_id, guild, services().credit_gold, asked)
    return _answer(told, "Received Credit!")


@legacy.route("/enter_a_battle", methods=["GET", "POST"])
def enter_a_battle() -> Response:
    """Let the guest fight with its best weapon; the outcome is ours whatever is claimed."""
    heard = said()
    player, enemies = _guest(heard), services().battles.enemies
    wanted = str(heard.words.get("enemy", "")).strip().casefold()
    by_name = {name.casefold(): name for name in enemies}
    order = BattleOrder(by_name.get(wanted, next(iter(enemies))), _best_weapon(player))
    asked = _asked(heard, {"enemy"} if wanted in by_name else ())
    told = services().battles.fight(player.player_id, order, asked)
    fought = told.outcome.battle
    shown = "" if fought is None else _shown({"enemy": fought.enemy, "outcome": fought.outcome})
    return _answer(told, f"Entered a Battle! {shown}")


@legacy.get("/shutdown")
def shutdown() -> Response:
    """Do nothing: a server is not stopped by whoever reaches it."""
    return _text("Nothing happens.")


def _guest(heard: Said) -> Player:
    asked = Asked(request_id(), said=asked_json(heard.host, {}))
    return services().players.guest(heard.guest, _GUEST_CLASS, asked)


def _asked(heard: Said, taken: Any) -> Asked:  # noqa: ANN401 - any set of names
    return Asked(request_id(), said=heard.asked(taken))


def _buy(heard: Said, kind: str, taken: set[str] | None = None) -> Told:
    item, words = chosen(services().catalogue, kind, heard.words)
    asked = _asked(heard, words | (taken or set()))
    return services().shop.buy(_guest(heard).player_id, ShopOrder(item.item_id), asked)


def _best_weapon(player: Player) -> int | None:
    catalogue = services().catalogue
    held = (catalogue.item(item_id) for item_id in player.inventory.items)
    weapons = [item for item in held if item.is_weapon]
    return max(weapons, key=might).item_id if weapons else None


def _answer(told: Told, done: str) -> Response:
    """Return what was done, or why it was not."""
    outcome = told.outcome
    if outcome.status == "settled":
        return _html(done)
    return _text(f"Refused: {outcome.reason}. {outcome.detail}")


def _echo(heard: Said) -> str:
    return f" {_shown(heard.words)}" if heard.words else ""


def _shown(words: Any) -> str:  # noqa: ANN401 - JSON of any kind
    """Return JSON that is no HTML: what a client sent comes back on a page."""
    text = msgspec.json.encode(words).decode()
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _text(text: str) -> Response:
    return _html(html.escape(text, quote=False))


def _html(text: str) -> Response:
    return Response(text + "\n", content_type="text/html; charset=utf-8")
