"""The reference pages list what is there: routes, bodies, reasons, events, keys and topics."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import msgspec
import pytest
from flask import Flask

from src.api.application import build_app
from src.api.errors import OTHER_REASONS
from src.api.reference import reasons_page
from src.api.views import BattleView, InventoryView, PlayerView, SettledView, StackView
from src.classes.battle import Enemy, Loot
from src.classes.errors import Reason
from src.config import Settings
from src.economy.desk import Answered
from src.event_log.topics import planned_topics
from src.events.definitions import EVENTS
from src.events.fields import fields_of
from src.events.reference import written_files
from src.player_store.keys import Keys
from src.services.orders import (
    BatchOrder,
    BattleOrder,
    FoundGuildOrder,
    GuildOrder,
    Line,
    PlayerOrder,
    ShopOrder,
    Side,
    TradeOrder,
)
from src.stack.layout import ROOT
from tests.support.routes import OPEN_ROUTES, ROUTES

REFERENCE = ROOT / "docs" / "reference"
LETTERS = {"operator": "o", "game": "g", "player": "p", "analyst": "a"}


def page(name: str) -> str:
    return (REFERENCE / name).read_text()


def table(text: str) -> Iterator[list[str]]:
    """Iterate over the rows of all tables of a page, as cells without their backticks."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("|--"):
            yield [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]


@pytest.fixture(scope="module")
def app() -> Flask:
    return build_app(Settings())


def test_every_route_has_a_line_and_every_line_a_route(app: Flask) -> None:
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if str(rule).startswith("/v1/") or str(rule) in OPEN_ROUTES
    }
    listed = {(row[0], row[1]) for row in table(page("http.md")) if row[0].isupper()}
    assert listed == served


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.rule}")
def test_a_routes_line_tells_who_may_and_what_it_answers(route: object) -> None:
    assert isinstance(route, type(ROUTES[0]))
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule)
    (row,) = (r for r in table(page("http.md")) if r[:2] == [route.method, path])
    assert row[2].split() == [letter for role, letter in LETTERS.items() if role in route.roles]
    assert str(route.status) in row[3].split(", ")


@pytest.mark.parametrize(
    "shape",
    [
        *(
            BatchOrder,
            BattleOrder,
            FoundGuildOrder,
            GuildOrder,
            Line,
            PlayerOrder,
            ShopOrder,
            Side,
            TradeOrder,
        ),
        *(PlayerView, InventoryView, StackView, SettledView, BattleView, Enemy, Loot, Answered),
    ],
)
def test_every_field_of_a_body_is_named(shape: type[msgspec.Struct]) -> None:
    words = set(re.findall(r"\w+", page("http.md")))
    assert set(shape.__struct_fields__) <= words


def test_the_page_of_reasons_is_what_the_api_can_tell() -> None:
    assert page("reasons.md") == reasons_page(), "run: python -m src.api.reference"
    words = [row[0] for row in table(page("reasons.md")) if row[0] != "reason"]
    assert words == [*(reason.word for reason in Reason), *OTHER_REASONS]


def test_everything_written_from_the_events_is_as_they_are_defined() -> None:
    for path, text in written_files().items():
        assert path.read_text() == text, "run: python -m src.events.reference"


def test_no_schema_is_left_of_an_event_that_is_gone() -> None:
    schemas = {path.stem for path in (ROOT / "data" / "schemas").glob("*.json")}
    assert schemas == EVENTS.keys()


def test_every_field_of_an_event_has_a_line_with_a_meaning() -> None:
    rows = {row[0]: row for row in table(page("events.md"))}
    for event in EVENTS.values():
        for field in fields_of(event):
            for each in (field, *field.rows):
                assert rows[each.name][3].endswith("."), each


def test_every_topic_is_named() -> None:
    for topic in planned_topics(1, 1):
        assert f"`{topic.name}`" in page("events.md")


def test_every_redis_key_has_a_line_and_every_line_a_key() -> None:
    keys = Keys("realm")
    built = {value for value in vars(keys).values() if not value.endswith(":")}
    for name, method in inspect.getmembers(Keys, inspect.isfunction):
        if not name.startswith("_"):
            arguments = list(inspect.signature(method).parameters)[1:]
            built.add(method(keys, *(f"<{argument}>" for argument in arguments)))
    listed = {row[0].replace("<holder>", "<scope>") for row in table(page("redis.md"))} - {"key"}
    assert listed == built


def test_links_of_the_reference_lead_somewhere() -> None:
    for path in REFERENCE.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} -> {target}"
