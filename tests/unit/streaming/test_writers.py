"""Landing processes hold the tables together; a command holds them alone, or not at all."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

import pytest

from src.config import Settings
from src.streaming.writers import alone, is_landing, landing


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var_dir=str(tmp_path))


def test_a_command_holds_the_tables_when_nobody_lands(settings: Settings) -> None:
    with alone(settings) as is_alone:
        assert is_alone
        with alone(settings) as is_alone_too:
            assert not is_alone_too
    assert not is_landing(settings)


def test_landing_processes_share_the_tables_and_keep_commands_out(settings: Settings) -> None:
    with landing(settings, Event()) as first, landing(settings, Event()) as second:
        assert (first, second) == (True, True)
        assert is_landing(settings)
    assert not is_landing(settings)


def test_landing_begins_when_a_command_has_ended(settings: Settings) -> None:
    begun = Event()

    def land() -> None:
        with landing(settings, Event()) as is_held:
            assert is_held
            begun.set()

    thread = Thread(target=land)
    with alone(settings):
        thread.start()
        assert not begun.wait(0.1)
    thread.join()
    assert begun.is_set()


def test_a_stop_ends_the_waiting(settings: Settings) -> None:
    stop = Event()
    stop.set()
    with alone(settings), landing(settings, stop) as is_held:
        assert not is_held
