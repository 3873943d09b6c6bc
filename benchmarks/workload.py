"""The requests of a load, written as bytes before the clock starts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import msgspec

from benchmarks.wire import Holding, Load
from src.decoding import json_decoded

#: Requests that are prepared; a longer load begins again with the first.
_PREPARED = 30_000
_PREPARED_BATCHES = 300

_CLASSES_DRAWN_BY_THE_SERVER = b"{}"


def requests_of(load: Load) -> list[bytes]:
    """Return the requests of a load, to be sent in order, over and over."""
    rng = random.Random(load.seed)  # noqa: S311 - a workload, not a secret
    match load.workload:
        case "hello":
            return [_request(load, "GET", "/")]
        case "create":
            return [_request(load, "POST", "/v1/players", _CLASSES_DRAWN_BY_THE_SERVER)]
        case "read":
            players = _players(load)
            drawn = (rng.choice(players).player_id for _ in range(_PREPARED))
            return [_request(load, "GET", f"/v1/players/{player_id}") for player_id in drawn]
        case "trade":
            pairs = _pairs(load, rng)
            bodies = (_json(_trade(next(pairs))) for _ in range(_PREPARED))
            return [_request(load, "POST", "/v1/trades", body) for body in bodies]
        case "batch":
            pairs = _pairs(load, rng)
            bodies = (
                _json({"trades": [_trade(next(pairs)) for _ in range(load.batch_size)]})
                for _ in range(min(_PREPARED_BATCHES, _PREPARED // load.batch_size))
            )
            return [_request(load, "POST", "/v1/trades/batch", body) for body in bodies]


def _players(load: Load) -> list[Holding]:
    return json_decoded(Path(load.players_file).read_bytes(), list[Holding])


def _pairs(load: Load, rng: random.Random) -> Iterator[tuple[Holding, Holding]]:
    """Iterate over two different players each time, drawn by Zipf's law when there is a skew."""
    players = _players(load)
    weights = list(accumulate((place + 1) ** -load.skew for place in range(len(players))))
    while True:
        if load.skew:
            giver, payer = rng.choices(players, cum_weights=weights, k=2)
        else:
            giver, payer = rng.sample(players, 2)
        if giver is not payer:
            yield giver, payer


def _trade(pair: tuple[Holding, Holding]) -> dict[str, object]:
    """One gives a unit of its first item, the other gives a coin."""
    giver, payer = pair
    return {
        "player_1": {
            "player_id": giver.player_id,
            "items": [{"item_id": giver.item_id, "quantity": 1}],
        },
        "player_2": {"player_id": payer.player_id, "gold": 1},
    }


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _request(load: Load, method: str, path: str, body: bytes | None = None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{load.port}"]
    if load.token:
        lines.append(f"Authorization: Bearer {load.token}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")
