"""How faults are dealt, on a real Redis under a real supervisor, and how all of them are undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from src.chaos.own_stack import ChaosUnderWay, given_stack, own_stack
from src.chaos.victims import Gone, Victims
from src.config import Settings
from src.stack import proc
from src.stack.errors import NotRunningError
from src.stack.layout import Layout
from src.stack.lifecycle import Silent, start, stop
from src.stack.supervisor_client import SupervisorClient
from src.stack.supervisor_config import STACK_MARK
from tests.support.kafka import free_ports

_WAIT_S_MAX = 60.0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """The settings of a stack of which only Redis runs."""
    settings = settings_in(tmp_path / "var")
    start(settings, Silent(), ("redis",))
    yield settings
    stop(settings, Silent())


def settings_in(folder: Path) -> Settings:
    api, port, kafka, controller = free_ports(4)
    return Settings(
        var_dir=str(folder),
        api_port=api,
        redis_port=port,
        kafka_port=kafka,
        kafka_controller_port=controller,
    )


@pytest.fixture
def victims(own: Settings) -> Victims:
    return Victims(own, SupervisorClient(Layout.of(own)))


def client_of(settings: Settings) -> redis.Redis:
    return redis.Redis(settings.redis_host, settings.redis_port, protocol=2, socket_timeout=30)


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_S_MAX
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)


def pid_now(victims: Victims) -> int | None:
    try:
        (found,) = victims.pids("redis")
    except Gone:
        return None
    return found


def await_another(victims: Victims, pid: int) -> None:
    """Wait until Redis runs as another process."""
    wait_until(lambda: pid_now(victims) not in {pid, None})


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def left_processes(settings: Settings) -> tuple[int, ...]:
    return proc.processes_with(STACK_MARK, str(settings.var / "chaos"))


def test_what_is_killed_is_found_again_as_another_process(victims: Victims) -> None:
    (pid,) = victims.pids("redis")
    victims.kill([pid])
    await_another(victims, pid)
    with pytest.raises(Gone):
        victims.pids("relay")


def test_what_is_frozen_goes_on_when_everything_is_released(
    own: Settings, victims: Victims
) -> None:
    pids = victims.pids("redis")
    victims.pause(pids)
    wait_until(lambda: [state_of(pid) for pid in pids] == ["T"])
    victims.release()
    with closing(client_of(own)) as client:
        assert client.ping()
    assert victims.pids("redis") == pids


def test_a_redis_without_room_ends_and_its_successor_has_all_that_was_acknowledged(
    own: Settings, victims: Victims
) -> None:
    (pid,) = victims.pids("redis")
    acknowledged = list[int]()

    def write(_seconds: float) -> None:
        with closing(client_of(own)) as client:
            try:
                for number in range(len(acknowledged), len(acknowledged) + 100):
                    client.set(f"key {number}", "x" * 100)
                    acknowledged.append(number)
            except redis.RedisError:
                return

    assert victims.starve("redis", 20_000, write)
    assert acknowledged
    await_another(victims, pid)
    successor = pid_now(victims)
    with closing(client_of(own)) as client:
        wait_until(lambda: answers(client))
        assert [client.get(f"key {number}") for number in acknowledged] == [b"x" * 100] * len(
            acknowledged
        )
        client.set("after", "y" * 100_000)
    assert pid_now(victims) == successor


def test_a_stop_is_taken_back_when_everything_is_released(victims: Victims) -> None:
    (pid,) = victims.pids("redis")
    victims.stop("redis")
    with pytest.raises(Gone):
        victims.pids("redis")
    victims.release()
    await_another(victims, pid)


def run_that(settings: Settings, work: Callable[[Settings], None]) -> None:
    """Do some work on an own stack."""
    with own_stack(settings, Silent(), ("redis",)) as stack:
        work(stack.settings)


def test_an_interrupted_run_leaves_nothing_behind(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)

    def is_interrupted(_own: Settings) -> None:
        assert len(left_processes(settings)) == 2
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_that(settings, is_interrupted)
    assert left_processes(settings) == ()
    assert not (tmp_path / "chaos").exists()


def test_what_a_failed_run_left_is_kept_until_the_next(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)

    def fails(own: Settings) -> None:
        assert own.redis_port != settings.redis_port
        with closing(client_of(own)) as client:
            client.set("evidence", 1)
        raise RuntimeError("failed")

    def is_new(own: Settings) -> None:
        with closing(client_of(own)) as client:
            assert client.get("evidence") is None

    with pytest.raises(RuntimeError, match="failed"):
        run_that(settings, fails)
    assert left_processes(settings) == ()
    assert (tmp_path / "chaos" / "redis" / "appendonlydir").exists()
    run_that(settings, is_new)
    assert not (tmp_path / "chaos").exists()


def test_two_runs_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with (
        own_stack(settings, Silent(), ("redis",)) as stack,
        pytest.raises(ChaosUnderWay, match="under way"),
        own_stack(settings, Silent(), ("redis",)),
    ):
        pass
    assert stack.clean


def test_a_stack_that_does_not_run_cannot_be_handed_over(tmp_path: Path) -> None:
    with pytest.raises(NotRunningError), given_stack(settings_in(tmp_path)):
        pass
