"""A client's time with the API: from the first look to the last connection, failures told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulation.transport import Transport, Unreachable
from simulation.wire import UnreadableAnswer
from src.cli.errors import CheckFailed, ServiceUnreachable


@contextmanager
def connected(url: str, token: Callable[[], str], connections: int) -> Iterator[Transport]:
    """Give a transport to an API that answers, and close it in the end.

    Args:
        url: the API's base address.
        token: makes a token of role game; asked only when the API is there.
        connections: kept open at most.

    Raises:
        ServiceUnreachable: the API does not answer, at first or later.
        CheckFailed: the API answered with an error that no retry helps, or not as promised.
    """
    transport = Transport(url, connections=connections)
    try:
        transport.check()
        transport.authenticate(token())
        yield transport
    except Unreachable as error:
        raise ServiceUnreachable(
            f"The API at {url} does not answer.",
            cause=str(error),
            remedy="./guildhall status, then ./guildhall up",
        ) from error
    except UnreadableAnswer as error:
        raise CheckFailed(
            "The API did not carry out a request.",
            cause=str(error),
            remedy="./guildhall logs api",
        ) from error
    finally:
        transport.close()
