"""What every test gets: real servers on request, a leak detector, and a seed that is printed."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

#: In the order in which they import each other: pytest rewrites a module's asserts before that.
pytest_plugins = (
    "tests.support.kafka",
    "tests.support.spark",
    "tests.support.presto",
    "tests.support.landing",
    "tests.support.redis",
    "tests.support.leaks",
    "tests.support.books",
    "tests.support.realm",
    "tests.support.loops",
    "tests.support.relays",
    "tests.support.api",
    "tests.support.side_by_side",
    "tests.support.told",
)

hypothesis_settings.register_profile(
    "local",
    deadline=None,  # a shared machine is slow at times, and slow is not wrong
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
#: The same examples each time: what fails for a change fails because of it.
hypothesis_settings.register_profile(
    "ci", hypothesis_settings.get_profile("local"), derandomize=True
)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to see the same examples again."""
    profile = "ci" if os.environ.get("CI") else "local"
    seed = config.getoption("--hypothesis-seed", default=None)
    return f"hypothesis: profile {profile}, seed {'drawn' if seed is None else seed}"
