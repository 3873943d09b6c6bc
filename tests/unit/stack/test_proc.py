from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

from src.stack import proc

_HOLD_40_MIB = "held = bytearray(40 * 1024 * 1024); print('held', flush=True); input()"


def test_a_listening_port_has_an_owner_and_a_free_one_has_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        owner = proc.owner_of_port(port)
    assert owner is not None
    assert owner.pid == os.getpid()
    assert "python" in owner.command
    assert proc.owner_of_port(port) is None


def test_memory_counts_the_children() -> None:
    alone = proc.resident_mib(os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD_40_MIB],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        assert proc.resident_mib(child.pid) >= 40
        assert proc.resident_mib(os.getpid()) >= alone + 40
        child.communicate("done\n")


def test_a_process_that_ended_does_not_exist_even_before_it_is_reaped() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        deadline = time.monotonic() + 10
        while proc.exists(child.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not proc.exists(child.pid)
    assert proc.exists(os.getpid())


def test_processes_are_found_by_the_mark_that_they_were_started_with() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"],
        stdin=subprocess.PIPE,
        env={**os.environ, "MARK_OF_TEST": "this one"},
    ) as child:
        # The mark is read from the program that runs: until it is executed, that is ours.
        deadline = time.monotonic() + 10
        while not (found := proc.processes_with("MARK_OF_TEST", "this one")):
            assert time.monotonic() < deadline
        assert found == (child.pid,)
        assert proc.processes_with("MARK_OF_TEST", "this") == ()
        child.communicate(b"done\n")
