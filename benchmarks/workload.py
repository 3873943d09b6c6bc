"""The requests of a load, written as bytes before the clock starts."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec

from benchmarks.wire import Holding, Load

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
            players = _players(load)
            bodies = (_json(_trade(players, rng)) for _ in range(_PREPARED))
            return [_request(load, "POST", "/v1/trades", body) for body in bodies]
        case "batch":
            players = _players(load)
            bodies = (
                _json({"trades": [_trade(players, rng) for _ in range(load.batch_size)]})
                for _ in range(_PREPARED_BATCHES)
            )
            return [_request(load, "POST", "/v1/trades/batch", body) for body in bodies]


def _players(load: Load) -> list[Holding]:
    return msgspec.json.decode(Path(load.players_file).read_bytes(), type=list[Holding])


def _trade(players: list[Holding], rng: random.Random) -> dict[str, object]:
    """Two players, uniformly drawn: one gives a unit of its first item, the other gives a coin."""
    giver, payer = rng.sample(players, 2)
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
