"""Players as their classes begin."""

from __future__ import annotations

import pytest

from src.classes.player import Player
from tests.support.rules import player_of_class


@pytest.fixture
def farmer() -> Player:
    """500 gold, 500 food packages, 399 milk; room for 100 units."""
    return player_of_class("farmer", 1)


@pytest.fixture
def hunter() -> Player:
    """500 gold, 450 venison, 449 leather; room for 100 units."""
    return player_of_class("hunter", 2)


@pytest.fixture
def adventurer() -> Player:
    """100,000,000 gold, nothing else; room for 1,000,000 units."""
    return player_of_class("adventurer", 3)
