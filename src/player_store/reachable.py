"""Redis' own errors as the port's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from redis.exceptions import RedisError

from src.services.ports import StoreUnreachable

P = ParamSpec("P")
R = TypeVar("R")


def reachable(method: Callable[P, R]) -> Callable[P, R]:
    """Return a method that raises `StoreUnreachable` where Redis' client raises its own errors."""

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except RedisError as error:
            raise StoreUnreachable(str(error)) from error

    return call
