"""Which tests run beside which, when two processes share them (`-n 2`, as `./guildhall test` does).

A module stays whole, for its servers are started once. All of `tests/end_to_end` is one piece, so
that never two whole stacks run at a time: one process begins with it and the other with what needs
Spark or Presto, so that either is started once; the rest goes, module by module, to who is free.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

WHOLE_STACKS = "tests/end_to_end/"
_DEAR = {"spark", "presto_server"}


class OneStackAtATime(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """Hands out modules, and all that start a whole stack as one."""

    def _split_scope(self, nodeid: str) -> str:
        module, _, _ = nodeid.partition("::")
        return WHOLE_STACKS if module.startswith(WHOLE_STACKS) else module


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneStackAtATime | None:
    """Take our order, unless another way is asked for by `--dist`."""
    if config.getoption("dist") != "load":
        return None
    config.option.loadscopereorder = False  # by ours, not by how many tests a module has
    return OneStackAtATime(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put first what takes longest, where processes share it; else leave the order as drawn."""
    if not hasattr(config, "workerinput"):
        return
    dear = {item.path for item in items if _DEAR & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: (not item.nodeid.startswith(WHOLE_STACKS), item.path not in dear))
