"""The world that simulated players live in."""

from __future__ import annotations

import pytest

from simulation.world import World, load_world


@pytest.fixture(scope="session")
def world() -> World:
    """The files of `data/`."""
    return load_world()
