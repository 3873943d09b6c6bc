"""How a player state lies in Redis, and under which key."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.classes.inventory import Inventory
from src.classes.player import Player
from src.player_store.codec import read_state, write_state
from src.player_store.keys import Keys

amounts = st.integers(1, 2**53 - 1)
players = st.builds(
    Player,
    player_id=amounts,
    version=st.integers(0, 2**63),
    username=st.text(st.characters(exclude_categories=["Cs"])),
    player_class=st.text(st.characters(exclude_categories=["Cs"])),
    guild=st.none() | st.just("Wayfarers"),
    gold=st.integers(0, 2**53 - 1),
    inventory=st.builds(Inventory, max_capacity=amounts, items=st.dictionaries(amounts, amounts)),
)


@given(players)
def test_a_state_is_read_back_as_it_was_written(player: Player) -> None:
    assert read_state(write_state(player)) == player


@given(players)
def test_the_version_stands_before_the_first_line_feed(player: Player) -> None:
    assert write_state(player).split(b"\n", 1)[0] == str(player.version).encode()


def test_all_keys_of_a_realm_lie_on_one_shard() -> None:
    keys = Keys("main")
    built = [value for name, value in vars(keys).items() if not name.startswith("_")]
    built += [keys.player(1), keys.recent_trades(1), keys.idempotency("s", "k")]
    built += [keys.guild_members("g"), keys.players]
    assert all(key.startswith("{main}:") for key in built)
    assert len(set(built)) == len(built)


@pytest.mark.parametrize("name", ["player", "recent_trades", "guild_members"])
def test_keys_of_two_things_are_different(name: str) -> None:
    build = dict(inspect.getmembers(Keys("main"), inspect.ismethod))[name]
    assert build(1) != build(11) != build("1:1")
