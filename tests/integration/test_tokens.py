"""Tokens: issued once, kept as a digest."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from msgspec.structs import replace

from src.bootstrap import build_tokens, issue_token
from src.config import Settings
from src.player_store.tokens import Role
from src.services.ports import StoreUnreachable
from tests.support.kafka import free_ports
from tests.support.realm import Realm


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.GAME, Role.ANALYST])
def test_a_token_is_found_by_its_text_alone(realm: Realm, role: Role) -> None:
    token = issue_token(realm.settings, role.value)
    holder = realm.services.tokens.find(token)
    assert holder is not None
    assert (holder.role, holder.player_id) == (role, None)
    assert realm.services.tokens.find(token[:-1]) is None
    assert realm.services.tokens.find("") is None


def test_no_token_lies_in_redis_in_clear(realm: Realm) -> None:
    token = realm.services.tokens.issue(Role.GAME)
    assert re.fullmatch(r"gh_[A-Za-z0-9_-]{43}", token)
    secret = token.removeprefix("gh_").encode()
    assert all(secret not in value for value in realm.dump().values())


def test_each_token_is_another_holder(realm: Realm) -> None:
    issued = [realm.services.tokens.issue(Role.GAME) for _ in range(3)]
    found = [realm.services.tokens.find(token) for token in issued]
    assert len({holder.token_id for holder in found if holder}) == 3


def test_a_players_token_names_its_player_and_only_that_one(realm: Realm) -> None:
    holder = realm.services.tokens.find(realm.services.tokens.issue(Role.PLAYER, 7))
    assert holder is not None
    assert (holder.role, holder.player_id) == (Role.PLAYER, 7)
    with pytest.raises(ValueError, match="names a player"):
        realm.services.tokens.issue(Role.PLAYER)
    with pytest.raises(ValueError, match="names a player"):
        realm.services.tokens.issue(Role.GAME, 7)
    with pytest.raises(ValueError, match="king"):
        issue_token(realm.settings, "king")


def test_a_token_of_another_realm_is_none_here(realm: Realm) -> None:
    token = realm.services.tokens.issue(Role.GAME)
    elsewhere = replace(realm.settings, realm=f"{realm.settings.realm}2")
    with closing(build_tokens(elsewhere)) as tokens:
        assert tokens.find(token) is None


def test_without_redis_there_are_no_tokens() -> None:
    with closing(build_tokens(Settings(redis_port=free_ports(1)[0]))) as tokens:
        with pytest.raises(StoreUnreachable):
            tokens.find("gh_x")
        with pytest.raises(StoreUnreachable):
            tokens.issue(Role.GAME)
