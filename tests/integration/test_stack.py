"""A part of a real stack: what starts, dies, comes back and stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from src.config import Settings, as_environment, load_settings
from src.player_store.connection import connect
from src.stack import proc
from src.stack.errors import NotReadyError, NotRunningError, OtherSettingsError, PreflightError
from src.stack.layout import ROOT, Layout
from src.stack.lifecycle import Silent, start, stop
from src.stack.process import Process
from src.stack.status import ProcessStatus, read_status
from src.stack.supervisor_client import SupervisorClient
from src.stack.supervisor_config import STACK_MARK, render_supervisor_config, start_supervisor
from tests.support.kafka import free_ports

#: A socket's path holds 107 bytes, and the supervisor expands per cents: neither may matter.
_DEEP = Path("100% deep") / ("x" * 110)

_PART = ("redis", "kafka")
_WAIT_S_MAX = 60.0


def settings_in(folder: Path) -> Settings:
    api, redis, kafka, controller = free_ports(4)
    return Settings(
        var_dir=str(folder),
        api_port=api,
        redis_port=redis,
        kafka_port=kafka,
        kafka_controller_port=controller,
    )


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a running Redis and Kafka."""
    settings = settings_in(tmp_path_factory.mktemp("part") / _DEEP)
    start(settings, Silent(), _PART)
    yield settings
    stop(settings, Silent())


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """The settings of a stack that a test starts, breaks and stops by itself."""
    settings = settings_in(tmp_path / "var")
    yield settings
    stop(settings, Silent())


def process(settings: Settings, name: str) -> ProcessStatus:
    return next(each for each in read_status(settings).processes if each.name == name)


def running_pid(settings: Settings, name: str) -> int:
    found = process(settings, name)
    assert found.pid is not None, found
    return found.pid


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_S_MAX
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.1)


def left_processes(settings: Settings) -> tuple[int, ...]:
    return proc.processes_with(STACK_MARK, str(settings.var))


def guildhall(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "src.cli", *words],
        cwd=ROOT,
        env={**os.environ, **as_environment(settings)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.kafka
def test_a_killed_process_is_started_again_and_counted(part: Settings) -> None:
    before = process(part, "redis")
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    wait_until(lambda: process(part, "redis").pid not in {None, before.pid})
    wait_until(lambda: process(part, "redis").state == "running")
    assert process(part, "redis").restarts == before.restarts + 1
    assert process(part, "kafka").restarts == 0


@pytest.mark.kafka
def test_up_again_changes_nothing(part: Settings) -> None:
    before = {name: running_pid(part, name) for name in _PART}
    assert start(part, Silent(), _PART) == ()
    assert {name: running_pid(part, name) for name in _PART} == before


@pytest.mark.kafka
def test_up_with_other_settings_is_refused_and_says_which(part: Settings) -> None:
    with pytest.raises(OtherSettingsError) as told:
        start(replace(part, kafka_partitions=5), Silent(), _PART)
    assert "GUILDHALL_KAFKA_PARTITIONS=2, not 5" in told.value.cause
    assert process(part, "redis").state == "running"


@pytest.mark.kafka
def test_status_tells_what_runs_and_that_nothing_waits(part: Settings) -> None:
    found = read_status(part)
    assert [each.name for each in found.processes] == [
        "redis",
        "kafka",
        "relay",
        "api",
        "streaming",
    ]
    assert (process(part, "kafka").resident_mib or 0) > 50
    assert process(part, "api").state == "stopped"
    assert process(part, "api").resident_mib is None
    assert found.outbox_length == 0
    assert found.freshness_s is None
    # A new broker makes its book of consumer groups when it is first asked for one.
    wait_until(lambda: read_status(part).lag == {"trade": 0, "player_state": 0})


@pytest.mark.kafka
def test_later_commands_find_the_running_stack_by_its_folder(part: Settings) -> None:
    assert load_settings({"GUILDHALL_VAR_DIR": part.var_dir}) == part


def test_down_leaves_no_process_and_no_record(own: Settings) -> None:
    start(own, Silent(), ("redis",))
    assert len(left_processes(own)) == 2
    assert stop(own, Silent())
    assert left_processes(own) == ()
    assert read_status(own).processes == ()
    assert load_settings({"GUILDHALL_VAR_DIR": own.var_dir}) == Settings(var_dir=own.var_dir)
    assert not stop(own, Silent())


def test_what_was_stored_is_there_after_down_and_up(own: Settings) -> None:
    start(own, Silent(), ("redis",))
    with connect(own.redis_host, own.redis_port) as client:
        client.set("kept", "yes")
    stop(own, Silent())
    start(own, Silent(), ("redis",))
    with connect(own.redis_host, own.redis_port) as client:
        assert client.get("kept") == b"yes"


def test_what_a_killed_supervisor_leaves_is_ended_by_down(own: Settings) -> None:
    start(own, Silent(), ("redis",))
    redis = running_pid(own, "redis")
    os.kill(SupervisorClient(Layout.of(own)).pid(), signal.SIGKILL)
    wait_until(lambda: left_processes(own) == (redis,))
    assert stop(own, Silent())
    assert left_processes(own) == ()


def test_what_a_killed_supervisor_leaves_does_not_hinder_up(own: Settings) -> None:
    start(own, Silent(), ("redis",))
    redis = running_pid(own, "redis")
    os.kill(SupervisorClient(Layout.of(own)).pid(), signal.SIGKILL)
    wait_until(lambda: left_processes(own) == (redis,))
    assert start(own, Silent(), ("redis",)) == ("redis",)
    assert running_pid(own, "redis") != redis


def test_a_process_that_keeps_dying_is_told_with_its_log_and_nothing_is_left(
    own: Settings,
) -> None:
    layout = Layout.of(own)
    layout.make()
    manifest = layout.redis / "appendonlydir" / "appendonly.aof.manifest"
    manifest.parent.mkdir()
    manifest.write_text("not a manifest\n")
    with pytest.raises(NotReadyError) as told:
        start(own, Silent(), ("redis",))
    assert "redis did not become ready" in told.value.fact
    assert "manifest" in told.value.cause
    assert "./guildhall logs redis" in told.value.remedy
    assert left_processes(own) == ()


def test_a_taken_port_stops_up_before_anything_starts(own: Settings) -> None:
    with socket.create_server(("127.0.0.1", own.redis_port)):
        with pytest.raises(PreflightError):
            start(own, Silent(), ("redis",))
        ended = guildhall(own, "up")
    assert ended.returncode == 3
    assert f"Port {own.redis_port} (GUILDHALL_REDIS_PORT) is taken." in ended.stderr
    assert f"process {os.getpid()}" in ended.stderr
    assert left_processes(own) == ()


def test_status_and_logs_without_a_stack_say_so(own: Settings) -> None:
    told = guildhall(own, "status", "--json")
    assert told.returncode == 3
    assert '"processes": []' in told.stdout
    refused = guildhall(own, "logs", "redis")
    assert refused.returncode == 1
    assert "There is no log of redis." in refused.stderr
    with pytest.raises(NotRunningError):
        SupervisorClient(Layout.of(own)).states()


def test_logs_prints_the_last_lines(own: Settings) -> None:
    layout = Layout.of(own)
    layout.make()
    layout.log_of("redis").write_text("first\nsecond\nthird\n")
    assert guildhall(own, "logs", "redis", "--lines", "2").stdout == "second\nthird\n"


def test_no_child_outlives_its_process(own: Settings) -> None:
    layout = Layout.of(own)
    layout.make()
    parent = ("bash", "-c", "sleep 1001 & exec sleep 1002")
    config = render_supervisor_config(layout, [Process("api", parent, 10, 10)])
    start_supervisor(own, config)
    client = SupervisorClient(layout)
    client.start("api")
    wait_until(lambda: client.states()["api"].state == "running")
    killed = client.states()["api"].pid
    assert killed is not None
    children = [pid for pid in left_processes(own) if proc.command_of(pid) == "sleep 1001"]
    assert len(children) == 1
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: client.states()["api"].restarts == 1)
    assert not proc.exists(children[0])
    client.stop("api")
    assert [proc.command_of(pid) for pid in left_processes(own)] == [proc.command_of(client.pid())]
    client.shut_down()
    wait_until(lambda: left_processes(own) == ())
