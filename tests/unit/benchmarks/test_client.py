"""The load client: what a server does with a connection that waits for nothing is no fault."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from threading import Event, Thread

import pytest

from benchmarks.client import ServerSilent, run
from benchmarks.wire import Load

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as opened:
        yield opened


def load_on(listening: socket.socket) -> Load:
    port = listening.getsockname()[1]
    return Load(workload="hello", port=port, connections=2, requests_max=2)


def two_asked(listening: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Return two connections that a request has come on."""
    first, second = listening.accept()[0], listening.accept()[0]
    for connection in (first, second):
        connection.recv(65_536)
    return first, second


def test_an_answered_connection_may_be_closed_while_others_wait(listening: socket.socket) -> None:
    def serve() -> None:
        first, second = two_asked(listening)
        with first:
            first.sendall(ANSWER)
        # Long enough for the client to see that the first one is closed.
        Event().wait(0.2)
        with second:
            second.sendall(ANSWER)

    server = Thread(target=serve)
    server.start()
    measured = run(load_on(listening))
    server.join()
    assert measured.statuses == {200: 2}


def test_a_connection_that_is_closed_instead_of_an_answer_is_told(
    listening: socket.socket,
) -> None:
    def serve() -> None:
        first, second = two_asked(listening)
        first.close()
        second.close()

    server = Thread(target=serve)
    server.start()
    with pytest.raises(ServerSilent, match="closed a connection"):
        run(load_on(listening))
    server.join()
