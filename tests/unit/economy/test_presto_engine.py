"""What an engine without a Presto says."""

from __future__ import annotations

import pytest

from src.cli.errors import explain
from src.config import Settings
from src.economy.engine import WarehouseUnreachableError
from src.economy.presto_engine import presto_engine
from tests.support.kafka import free_ports


def test_a_presto_that_is_not_there_is_told_with_its_address_and_what_to_do() -> None:
    (port,) = free_ports(1)
    with (
        presto_engine(Settings(presto_port=port)) as engine,
        pytest.raises(WarehouseUnreachableError) as told,
    ):
        engine.ask("select 1")
    assert f"127.0.0.1:{port}" in told.value.fact
    assert "./guildhall up" in told.value.remedy
    explained = explain(told.value)
    assert explained is not None
    assert explained.exit_code == 3
