"""Types that many threads meet for the first time at once: a program, for a crash would end it.

msgspec works a type out at its first use, and what it has of it by then is seen by other threads.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import msgspec

from src.decoding import converted, json_decoded, json_decoder, msgpack_decoder

THREADS, TYPES, FIELDS = 8, 100, 20
VALUE = {f"field_{number}": {"known": number} for number in range(FIELDS)}
AS_JSON, AS_MSGPACK = msgspec.json.encode(VALUE), msgspec.msgpack.encode(VALUE)

WAYS: dict[str, Callable[[type[msgspec.Struct]], Any]] = {
    "json_decoded": lambda kind: json_decoded(AS_JSON, kind),
    "json_decoder": lambda kind: json_decoder(kind).decode(AS_JSON),
    "msgpack_decoder": lambda kind: msgpack_decoder(kind).decode(AS_MSGPACK),
    "converted": lambda kind: converted(VALUE, kind),
    # What the others are there for: with msgspec 0.22.0 it ends this process with signal 11.
    "msgspec": lambda kind: msgspec.json.decode(AS_JSON, type=kind),
}


def main() -> None:
    """Decode each type on all threads at once; print how many values had every field."""
    sys.setswitchinterval(1e-6)  # threads change in the middle of everything
    whole: list[bool] = []
    for _ in range(TYPES):
        # While the types of the fields are worked out, the outer one is half known.
        inner = [msgspec.defstruct("Inner", [("known", int)]) for _ in VALUE]
        kind = msgspec.defstruct("Outer", list(zip(VALUE, inner, strict=True)))
        met = Barrier(THREADS)

        def meet(kind: type[msgspec.Struct] = kind, met: Barrier = met) -> None:
            met.wait()
            whole.append(msgspec.to_builtins(WAYS[sys.argv[1]](kind)) == VALUE)

        threads = [Thread(target=meet) for _ in range(THREADS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    sys.stdout.write(f"{sum(whole)}\n")


if __name__ == "__main__":
    main()
