from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.config import Settings, SettingsError
from src.stack.errors import PreflightError
from src.stack.preflight import check_machine, check_ports, java_version


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "21" 2023-09-19 LTS', 21),
        ('java version "1.8.0_381"', 8),
        ('openjdk version "11.0.2" 2019-01-15', 11),
        ("command not found", None),
    ],
)
def test_the_version_of_java_is_its_major_number(told: str, version: int | None) -> None:
    assert java_version(told) == version


def test_a_taken_port_is_told_with_its_setting_and_its_process(taken_port: int) -> None:
    with pytest.raises(PreflightError) as told:
        check_ports(Settings(kafka_port=taken_port), ("kafka",))
    assert f"Port {taken_port} (GUILDHALL_KAFKA_PORT) is taken" in told.value.fact
    assert f"process {os.getpid()}" in told.value.cause
    assert "GUILDHALL_KAFKA_PORT=" in told.value.remedy


def test_the_port_of_a_process_that_is_not_started_may_be_taken(taken_port: int) -> None:
    check_ports(Settings(api_port=taken_port, redis_port=_free_port()), ("redis",))


def test_two_parts_cannot_have_one_port() -> None:
    port = _free_port()
    with pytest.raises(PreflightError) as told:
        check_ports(Settings(kafka_port=port, kafka_controller_port=port), ("kafka",))
    assert "GUILDHALL_KAFKA_PORT and GUILDHALL_KAFKA_CONTROLLER_PORT" in told.value.cause


def test_an_address_that_this_machine_lacks_is_told_with_its_setting() -> None:
    with pytest.raises(PreflightError, match=r"203\.0\.113\.7") as told:
        check_ports(Settings(api_host="203.0.113.7", api_port=_free_port()), ("api",))
    assert "GUILDHALL_API_HOST" in told.value.remedy


def test_routes_without_tokens_are_not_started_on_an_address_that_others_reach(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError, match="LEGACY_ROUTES"):
        check_machine(Settings(var_dir=str(tmp_path), api_host="10.0.0.7", legacy_routes="on"))


def test_a_folder_that_cannot_be_written_is_told_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PreflightError) as told:
        check_machine(Settings(var_dir=str(tmp_path / "file" / "var")))
    assert "GUILDHALL_VAR_DIR" in told.value.remedy


def test_an_old_java_is_told_with_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path / "java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    _program(tmp_path / "redis-server", "true")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(PreflightError, match="Java 17 or newer is needed") as told:
        check_machine(Settings(var_dir=str(tmp_path / "var")))
    assert '"11.0.2"' in told.value.cause


@pytest.mark.parametrize(
    ("present", "missing"), [("java", "redis-server"), ("redis-server", "Java")]
)
def test_a_missing_tool_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, present: str, missing: str
) -> None:
    _program(tmp_path / present, "echo 'openjdk version \"17.0.1\"' >&2")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PreflightError, match=f"{missing} is missing"):
        check_machine(Settings(var_dir=str(tmp_path / "var")))


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
