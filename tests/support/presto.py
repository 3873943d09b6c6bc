"""A real Presto for a test run, over tables in a local folder: `presto_server` starts it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.folder_presto import FolderPresto
from tests.support.kafka import free_ports

#: What the tests call it.
RunningPresto = FolderPresto


@pytest.fixture(scope="session")
def presto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPresto]:
    """Yield a Presto that lives as long as the test run; its catalogue begins empty."""
    if not RunningPresto.is_here():
        pytest.skip("the jars of the full profile are not here: ./guildhall test fetches them")
    (port,) = free_ports(1)
    running = RunningPresto(tmp_path_factory.mktemp("presto"), port)
    try:
        running.start()
        yield running
    finally:
        running.stop()
