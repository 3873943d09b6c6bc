"""How the result of a chaos run is told, and when it fails the command."""

from __future__ import annotations

from io import StringIO

import pytest
from msgspec.structs import replace
from rich.console import Console

from src.audit.reconcile import Difference, Reconciliation
from src.chaos.findings import Findings
from src.chaos.result import ChaosResult, FaultCount, result_of
from src.chaos.tally import LoadTally
from src.cli.commands.chaos import as_text, check
from src.cli.errors import CheckFailed

COMMAND = "./guildhall chaos --minutes 3 --seed 7 --players 20"
CLEAN = Reconciliation(events=1_234, players=20, checks={}, differences=[])


def result(findings: Findings, reconciliation: Reconciliation | None = CLEAN) -> ChaosResult:
    count = FaultCount()
    count.dealt("kill", "streaming")
    count.dealt("kill", "streaming_jvm")
    count.dealt("no_room", "redis")
    return result_of(
        seed=7,
        minutes=3,
        players=20,
        faults=count,
        longest_s={"streaming": 20.04, "streaming_jvm": 31.26},
        tally=LoadTally(),
        findings=findings,
        reconciliation=reconciliation,
    )


def text_of(told: ChaosResult) -> list[list[str]]:
    printed = StringIO()
    Console(width=200, file=printed).print(as_text(told))
    return [line.split() for line in printed.getvalue().splitlines()]


def test_a_clean_run_passes_and_counts_both_processes_of_the_driver_as_one() -> None:
    told = result(Findings())
    check(told, COMMAND)
    lines = text_of(told)
    assert ["streaming", "2", "0", "0", "0", "31.30"] in lines
    assert ["redis", "0", "0", "1", "0", "-"] in lines
    assert ["lost", "0"] in lines
    assert ["reconcile", "clean,", "1,234", "events"] in lines


@pytest.mark.parametrize("kind", ["lost", "duplicated", "differs"])
def test_any_finding_fails_the_run_and_names_the_command_that_replays_it(kind: str) -> None:
    findings = Findings()
    findings.add(kind, "trade 1")  # type: ignore[arg-type]  # the three kinds, by parameter
    with pytest.raises(CheckFailed) as failed:
        check(result(findings), COMMAND)
    assert failed.value.exit_code == 1
    assert failed.value.cause == f"{kind}: trade 1"
    assert failed.value.remedy == COMMAND


def test_a_reconciliation_that_is_not_clean_or_not_there_fails_the_run() -> None:
    difference = Difference("seq_gaps", {"first_seq": 3})
    for found in (None, replace(CLEAN, differences=[difference])):
        told = result(Findings(), found)
        assert ["reconcile", "NOT", "clean,"] in [line[:3] for line in text_of(told)]
        with pytest.raises(CheckFailed):
            check(told, COMMAND)


def test_findings_are_counted_past_those_that_are_told() -> None:
    findings = Findings()
    for number in range(70):
        findings.add("lost", f"trade {number}")
    findings.add("differs", "one more")
    assert (findings.count("lost"), findings.total, len(findings.told)) == (70, 71, 51)
