"""The load client: a process of its own that costs as little as Python can.

`python -m benchmarks.client` reads a `Load` from its standard input and prints a `Measured`.
Requests are bytes that were written before; of an answer it looks at the status and the length.
"""

from __future__ import annotations

import select
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from itertools import cycle

import msgspec

from benchmarks.wire import Holding, Load, Measured
from benchmarks.workload import requests_of
from src.decoding import json_decoded

#: Larger than the answer to a batch of 1,000, so that most answers come in one piece.
_RECEIVED_MAX = 1 << 18
#: A server that is silent for this long has failed; longer than any pause of a busy machine.
_SILENCE_S = 30.0
_FAULTS_MAX = 5
_CREATED, _OK, _CONFLICT = b"201", b"200", b"409"


class ServerSilent(Exception):
    """The server closed a connection or did not answer in time."""


def run(load: Load) -> Measured:
    """Send a load and return what became of it.

    Raises:
        ServerSilent: the server closed a connection or did not answer in time.
    """
    loop = _Loop(load, cycle(requests_of(load)))
    cpu_before, began = time.process_time(), time.perf_counter()
    if load.rate:
        loop.paced(load.rate, began + load.seconds)
    else:
        loop.closed(began + load.seconds, load.requests_max or sys.maxsize)
    took, cpu_s = time.perf_counter() - began, time.process_time() - cpu_before
    loop.close()
    return loop.measured(took, cpu_s)


class _Loop:
    """Connections with at most one request under way each, and what was answered so far."""

    def __init__(self, load: Load, requests: cycle[bytes]) -> None:
        self._requests = requests
        self._port = load.port
        self._reconnects = load.reconnects
        self._by_fd: dict[int, socket.socket] = {}
        self._receive: dict[int, Callable[[int], bytes]] = {}
        self._send: dict[int, Callable[[bytes], None]] = {}
        self._epoll = select.epoll()
        for _ in range(load.connections):
            self._take(_connected(load.port))
        self._partial: dict[int, bytes] = {}
        self._latencies_s: list[float] = []
        self._statuses: Counter[bytes] = Counter()
        self._results: Counter[str] = Counter()
        self._faults: list[bytes] = []
        self._bodies: list[bytes] = []
        self._keeps_bodies = load.workload == "create"

    def closed(self, deadline: float, requests_max: int) -> None:
        """Keep every connection busy; each next request follows an answer."""
        clock, latencies = time.perf_counter, self._latencies_s
        begun_at: dict[int, float] = {}
        begun = 0
        for fd in list(self._send)[:requests_max]:
            now = clock()
            begun_at[self._begin(fd)] = now
            begun += 1
        while begun_at:
            for fd in self._answered():
                now = clock()
                latencies.append(now - begun_at.pop(fd))
                if now < deadline and begun < requests_max:
                    begun_at[self._begin(fd)] = now
                    begun += 1
                elif not self._reconnects:
                    # Others may be answered so much later that the server closes this one.
                    self._epoll.unregister(fd)

    def paced(self, rate: float, deadline: float) -> None:
        """Begin requests evenly; one that finds no idle connection counts from when it was due."""
        clock, idle = time.perf_counter, deque(self._send)
        due = clock()
        due_at: dict[int, float] = {}
        while due < deadline or due_at:
            now = clock()
            while due <= now and due < deadline and idle:
                # In turn: the server closes a connection that is idle for half a minute.
                due_at[self._begin(idle.popleft())] = due
                due += 1 / rate
            wait = max(0.0, due - clock()) if due < deadline and idle else _SILENCE_S
            for fd in self._answered(wait):
                self._latencies_s.append(clock() - due_at.pop(fd))
                idle.append(fd)

    def close(self) -> None:
        """Close all connections."""
        for connection in self._by_fd.values():
            connection.close()

    def measured(self, took_s: float, cpu_s: float) -> Measured:
        """Return what was answered."""
        ordered = sorted(self._latencies_s)
        return Measured(
            requests=len(ordered),
            seconds=took_s,
            statuses={int(status): count for status, count in self._statuses.items()},
            ms=(_at(ordered, 0.5), _at(ordered, 0.99), _at(ordered, 0.999)),
            client_cpu_s=cpu_s,
            settled=self._results["settled"],
            refused=self._results["refused"],
            busy=self._results["busy"],
            faults=tuple(fault.decode(errors="replace") for fault in self._faults),
            players=tuple(_holding(body) for body in self._bodies),
        )

    def _answered(self, wait_s: float = _SILENCE_S) -> list[int]:
        """Return the connections whose answer is complete, after waiting for the first event."""
        events = self._epoll.poll(wait_s)
        if not events and wait_s >= _SILENCE_S:
            raise ServerSilent(f"no answer for {_SILENCE_S:g} s")
        complete = []
        for fd, _ in events:
            data = self._receive[fd](_RECEIVED_MAX)
            if not data:
                raise ServerSilent("the server closed a connection")
            if self._partial:
                data = self._partial.pop(fd, b"") + data
            head = data.find(b"\r\n\r\n")
            length = data.find(b"content-length: ", 0, head)
            if length < 0:
                length = data.find(b"Content-Length: ", 0, head)
            if head < 0 or len(data) < head + 4 + int(data[length + 16 : data.find(b"\r", length)]):
                self._partial[fd] = data
                continue
            self._count(data, head + 4)
            complete.append(fd)
            if self._reconnects:
                self._epoll.unregister(fd)  # that the server closes it now says nothing
        return complete

    def _begin(self, fd: int) -> int:
        """Send the next request; return the connection, which may be a new one, that carries it."""
        if self._reconnects:
            self._by_fd.pop(fd).close()
            del self._send[fd], self._receive[fd]
            fd = self._take(_connected(self._port))
        self._send[fd](next(self._requests))
        return fd

    def _take(self, connection: socket.socket) -> int:
        fd = connection.fileno()
        self._by_fd[fd] = connection
        self._receive[fd], self._send[fd] = connection.recv, connection.sendall
        self._epoll.register(fd, select.EPOLLIN)
        return fd

    def _count(self, data: bytes, body: int) -> None:
        status = data[9:12]
        self._statuses[status] += 1
        if status == _CREATED:
            if self._keeps_bodies:
                self._bodies.append(data[body:])
        elif status == _OK:
            if data.startswith(b'{"results"', body):
                self._results["settled"] += data.count(b'"status":"settled"', body)
                self._results["busy"] += data.count(b'"reason":"busy"', body)
                self._results["refused"] += data.count(b'"status":409', body)
        elif status != _CONFLICT and len(self._faults) < _FAULTS_MAX:
            self._faults.append(data[body:])


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=_SILENCE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A timeout would make Python poll before every read; epoll has said that there is something.
    connection.settimeout(None)
    return connection


def _at(ordered: list[float], share: float) -> float:
    """Return the latency, in ms, that a share of all requests did not pass."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


def _holding(body: bytes) -> Holding:
    player = msgspec.json.decode(body)
    return Holding(player["player_id"], player["inventory"]["items"][0]["item_id"])


def main() -> None:
    """Run the load that stands on the standard input."""
    load = json_decoded(sys.stdin.buffer.read(), Load)
    sys.stdout.buffer.write(msgspec.json.encode(run(load)))


if __name__ == "__main__":
    main()
