"""Taking Redis' answers out of the bytes that come."""

from __future__ import annotations

import hiredis
import redis

#: What a reader returns that has no whole answer.
MORE = object()


def new_reader() -> hiredis.Reader:
    """Return what takes answers out of bytes; errors that Redis answers are redis-py's own."""
    return hiredis.Reader(replyError=_reply_error, notEnoughData=MORE)


def _reply_error(text: str) -> redis.RedisError:
    if text.startswith("NOSCRIPT"):
        return redis.exceptions.NoScriptError(text)
    return redis.ResponseError(text)
