"""What a result says of the machine that it was measured on."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import machine
from benchmarks.machine import Stolen
from src.stack.layout import ROOT


def test_stolen_time_is_a_share_of_all_since_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    #                 user nice system idle iowait irq softirq steal guest
    readings = iter(["cpu 100 0 0 100 0 0 0 10 7", "cpu 150 0 0 125 0 0 0 35 9"])
    monkeypatch.setattr(Path, "read_text", lambda _path: f"{next(readings)} 0\ncpu0 1 1 1\n")
    assert Stolen().share() == 0.25


def test_time_that_has_not_passed_was_not_stolen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_ticks", lambda: [1, 2, 3, 4, 5, 6, 7, 8])
    assert Stolen().share() == 0


def test_versions_name_the_broker_and_the_tables_by_the_jars_that_were_asked_for() -> None:
    asked = (ROOT / "deploy" / "jars" / "ivy.xml").read_text()
    found = machine.versions()
    assert f'name="kafka_2.13" rev="{found["Kafka"]}"' in asked
    assert f'name="iceberg-spark-runtime-4.1_2.13" rev="{found["Iceberg"]}"' in asked
