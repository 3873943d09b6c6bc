"""Who may do what, route by route; and tokens that are none."""

from __future__ import annotations

import pytest

from src.player_store.tokens import Role
from tests.support.api import Api
from tests.support.routes import ROUTES, Route


@pytest.fixture
def game(api: Api) -> Api:
    """An API with a farmer, player 1, and a hunter, player 2."""
    api.realm.create("farmer")
    api.realm.create("hunter")
    return api


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.rule}")
def test_a_role_may_what_it_may(game: Api, route: Route, role: Role) -> None:
    if route.method == "DELETE":
        game.ask("PUT", "/v1/players/1/guild", {"guild": "Wayfarers"})
    token = game.token_of(role, 1 if role is Role.PLAYER else None)
    before = game.realm.services.store.last_seq()
    answer = game.ask(route.method, route.path, route.body, token=token)
    if role in route.roles:
        assert answer.status == route.status
    else:
        assert (answer.status, answer.reason) == (403, "forbidden")
        assert game.realm.services.store.last_seq() == before


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if "player_id" in route.rule],
    ids=lambda route: f"{route.method} {route.rule}",
)
def test_a_player_may_act_for_and_look_at_itself_only(game: Api, route: Route) -> None:
    token = game.token_of(Role.PLAYER, 2)
    answer = game.ask(route.method, route.path, route.body, token=token)
    assert (answer.status, answer.reason) == (403, "forbidden")
    # Nor may it learn which players there are.
    elsewhere = route.path.replace("/1", "/999")
    answer = game.ask(route.method, elsewhere, route.body, token=token)
    assert (answer.status, answer.reason) == (403, "forbidden")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.rule}")
@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer gh_nobody",
        "Basic gh_nobody",
        "gh_nobody",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 10_000,
    ],
)
def test_without_a_valid_token_nothing_is_served(game: Api, route: Route, header: str) -> None:
    answer = game.ask(route.method, route.path, route.body, headers={"Authorization": header})
    assert (answer.status, answer.reason) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_scheme_is_read_in_any_case(game: Api) -> None:
    for scheme in ("bearer", "BEARER", "Bearer"):
        headers = {"Authorization": f"{scheme} {game.token}"}
        assert game.get("/v1/players/1", headers=headers).status == 200
