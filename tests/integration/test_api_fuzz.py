"""No client can cause a 500, whatever it sends: any path, query, header and body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.api.errors import OTHER_REASONS
from src.classes.errors import Reason
from tests.support.api import Api
from tests.support.routes import LEGACY_ROUTES, OPEN_ROUTES, OTHER_RULES, ROUTES, Route

WORDS = {reason.word for reason in Reason} | OTHER_REASONS.keys()
EXAMPLES = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])

ids = st.one_of(
    st.integers(1, 3).map(str),
    st.sampled_from(["0", "-1", "9007199254740992", str(2**64), "9" * 5_000, "٣", "1e3", "0x1"]),
    st.text(max_size=8),
)
numbers = st.one_of(
    st.integers(-1, 3),
    st.sampled_from([5, 6, 7, 16, 101, 2**53 - 1, 2**53, 2**63, 2**64, -(2**63), 10**30]),
    st.floats(allow_nan=False, allow_infinity=False),
)
texts = st.one_of(
    st.sampled_from(["", "Wayfarers", "farmer", "Night Watch", "\x00", "\n", "x" * 300]), st.text()
)
names = st.sampled_from(
    [
        *("player_1", "player_2", "player_id", "gold", "items", "item_id", "quantity", "trades"),
        *("username", "player_class", "guild", "name", "fee", "region", "price", ""),
        *("enemy", "weapon_item_id", "inventory", "gold_traded", "items_traded", "guild_name"),
    ]
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=6)),
    max_leaves=12,
)


def bent(body: Any) -> st.SearchStrategy[Any]:
    """Draw a body that is nearly `body`."""
    if isinstance(body, dict):
        fields = {name: st.one_of(bent(value), bent(value), values) for name, value in body.items()}
        return st.fixed_dictionaries({}, optional={**fields, "odd": values})
    if isinstance(body, list):
        return st.one_of(*(st.lists(bent(each), max_size=3) for each in body))
    return st.one_of(st.just(body), st.just(body), numbers, texts)


known_bodies = st.sampled_from(
    [r.body for r in ROUTES if r.body is not None] + [b for _, _, b in LEGACY_ROUTES if b]
).flatmap(bent)
bodies = st.one_of(
    known_bodies.map(msgspec.json.encode),
    values.map(msgspec.json.encode),
    st.binary(max_size=200),
    known_bodies.map(msgspec.json.encode).flatmap(
        lambda text: st.integers(0, len(text)).map(lambda cut: text[:cut])
    ),
)
rules = st.sampled_from(
    [r.rule for r in ROUTES] + [*OPEN_ROUTES, *OTHER_RULES] + [path for _, path, _ in LEGACY_ROUTES]
)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """Draw a path: a route with odd ids and names in it, or any bytes at all."""
    if draw(st.integers(0, 9)) == 0:
        return "/" + quote_from_bytes(draw(st.binary(max_size=40)), safe="/%?#;:@&=+$,.")
    path = draw(rules)
    for kind in ("<int:player_id>", "<int:item_id>", "<string:name>", "<path:filename>"):
        path = path.replace(kind, quote_from_bytes(draw(ids).encode(), safe=""))
    query = draw(
        st.dictionaries(
            st.sampled_from(
                [
                    *("limit", "cursor", "kind", "material", "x", "user", "metal", "power_level"),
                    *("magical", "sword_type", "guild_name", "region", "enemy", "outcome"),
                ]
            ),
            st.one_of(ids, texts),
        )
    )
    joined = "&".join(f"{k}={quote_from_bytes(v.encode(), safe='')}" for k, v in query.items())
    return f"{path}?{joined}" if joined else path


header_texts = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")),
    st.sampled_from(["k", "a b", "x" * 300, "bytes=0-1", "*/*", "gzip, br", "text/html;q=x"]),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            *("Idempotency-Key", "X-Request-Id", "Content-Type", "Accept", "Range", "Host"),
            *("X-Forwarded-For", "Cookie", "Content-Encoding", "If-None-Match", "X-Fields"),
        ]
    ),
    header_texts,
    max_size=4,
)
methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"])


@pytest.fixture
def game(api: Api) -> Iterator[Api]:
    """Give an API with two players whose books are audited at the end."""
    api.realm.create("farmer")
    api.realm.create("hunter")
    yield api
    api.realm.audit()


@EXAMPLES
@given(methods, paths(), bodies, headers)
def test_any_request_gets_an_answer_that_is_not_the_servers_fault(
    game: Api, method: str, path: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = game.ask(method, path, body, headers=headers)
    assert answer.status < 500, answer
    if answer.status >= 400 and method != "HEAD":
        assert answer.reason in WORDS
        assert answer.body["detail"]


@EXAMPLES
@given(
    st.sampled_from([route for route in ROUTES if route.changes]).flatmap(
        lambda route: st.tuples(
            st.just(route), bent(route.body) if route.body is not None else values
        )
    )
)
def test_whatever_is_asked_for_the_books_stay_balanced(game: Api, asked: tuple[Route, Any]) -> None:
    route, body = asked
    assert game.ask(route.method, route.path, body).status < 500


@EXAMPLES
@given(
    st.sampled_from(LEGACY_ROUTES).flatmap(
        lambda route: st.tuples(st.just(route), st.one_of(bent(route[2] or {}), values))
    ),
    st.dictionaries(names, texts, max_size=4),
)
def test_old_clients_are_answered_200_or_told_what_is_malformed(
    game: Api, asked: tuple[tuple[str, str, Any], Any], query: dict[str, str]
) -> None:
    (method, path, _), body = asked
    words = "&".join(
        f"{quote_from_bytes(k.encode())}={quote_from_bytes(v.encode())}" for k, v in query.items()
    )
    answer = game.ask(method, f"{path}?{words}", body)
    assert answer.status in {200, 400, 422}, answer
    if answer.status == 422:
        assert answer.reason == "amount_too_large"


@pytest.mark.parametrize(
    "host", ["", "x" * 5_000, "a b", "[::1", "é", "a:b:c", "127.0.0.1:99999999"]
)
def test_an_odd_host_is_no_fault_of_the_server(api: Api, host: str) -> None:
    for path in ("/v1/items/101", "/swagger.json", "/docs"):
        assert api.get(path, headers={"Host": host}).status < 500
