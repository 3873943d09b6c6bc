"""Sends requests until they are answered: keep-alive, the same key each time, bounded patience."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import urllib3
from msgspec import Struct
from urllib3.exceptions import HTTPError

from simulation.wire import Request, is_not_now

#: How long one try may take to connect, and to be answered. The API answers within milliseconds;
#: a shorter time would send again what is still under way, a longer one stalls a run for nothing.
_CONNECT_S, _READ_S = 5.0, 30.0
#: The first wait between two tries, and the longest, unless the server asks for another.
_WAIT_S, _WAIT_S_MAX = 0.05, 5.0
#: No server makes a client wait longer than this, whatever its Retry-After says.
_RETRY_AFTER_S_MAX = 30.0

_REQUEST_TIMEOUT = 408


class Reply(Struct, frozen=True):
    """The answer to a request: after how many retries, and how long the client waited in all."""

    status: int
    body: bytes
    retries: int
    seconds: float
    replayed: bool


class Unreachable(Exception):
    """The API gave no answer in the time that the client was ready to wait."""


class Transport:
    """One client of the API; threads may share it."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        connections: int = 1,
        patience_s: float = 60.0,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Talk to the API at `url` with a bearer token.

        Args:
            url: the base address, without a final slash.
            token: the bearer token, when there is one by now.
            connections: kept open at most; one a thread.
            patience_s: how long one request is tried, in seconds; 0 tries once.
            clock: a rising number of seconds.
            sleep: waits for seconds.
        """
        self._pool = urllib3.connection_from_url(url, maxsize=connections, block=True)
        self._token = token
        self._patience_s = patience_s
        self._clock = clock
        self._sleep = sleep
        self._random = Random()  # spreads retries in time; decides nothing that is reported

    def authenticate(self, token: str) -> None:
        """Send this bearer token from now on."""
        self._token = token

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def check(self) -> None:
        """Check that the API is there, at once.

        Raises:
            Unreachable: nothing answers at its address.
        """
        try:
            self._try(Request("GET", "/healthz"), None)
        except HTTPError as error:
            raise Unreachable(str(error)) from error

    def send(self, request: Request, key: str | None = None) -> Reply:
        """Return the answer to a request.

        A lost connection, a 503 and a 409 `busy` are tried again with the same key: the server
        carries a keyed request out once, however often it comes.

        Raises:
            Unreachable: there was no answer but "not now" within the patience.
        """
        began = self._clock()
        retries = 0
        while True:
            fault, wait_s = "", None
            try:
                answer = self._try(request, key)
            except HTTPError as error:
                fault = str(error)
            else:
                if answer.status != _REQUEST_TIMEOUT and not is_not_now(answer.status, answer.data):
                    return Reply(
                        status=answer.status,
                        body=answer.data,
                        retries=retries,
                        seconds=self._clock() - began,
                        replayed="Idempotency-Replayed" in answer.headers,
                    )
                fault = f"status {answer.status}: {answer.data[:300].decode(errors='replace')}"
                wait_s = _retry_after_s(answer.headers.get("Retry-After"))
            wait_s = self._backoff_s(retries) if wait_s is None else wait_s
            if self._clock() - began + wait_s > self._patience_s:
                raise Unreachable(f"{request.method} {request.path}: {fault}")
            retries += 1
            self._sleep(wait_s)

    def _try(self, request: Request, key: str | None) -> urllib3.BaseHTTPResponse:
        headers = {}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        return self._pool.urlopen(
            request.method,
            request.path,
            body=request.body,
            headers=headers,
            retries=False,
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
        )

    def _backoff_s(self, retries: int) -> float:
        longest = min(_WAIT_S * 2.0**retries, _WAIT_S_MAX)
        return self._random.uniform(longest / 2, longest)


def _retry_after_s(header: str | None) -> float | None:
    """Return the seconds that a server asks for; None when it names a date or nothing."""
    if header is None or not header.isdecimal():
        return None
    return min(float(header), _RETRY_AFTER_S_MAX)
