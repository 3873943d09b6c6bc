"""What the load client is told, and what it tells: JSON on its standard streams."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

WorkloadName = Literal["hello", "trade", "batch", "read", "create"]


class Load(Struct, frozen=True, kw_only=True):
    """What to send, to where, for how long.

    Attributes:
        workload: which requests.
        port: of the server, on 127.0.0.1; the stand fills it in, as it does the next two.
        token: sent as bearer token; empty for none.
        players_file: the players that trade, as `Measured.players` came from their creation.
        connections: kept alive; each has at most one request under way.
        seconds: after which no request is begun.
        requests_max: after which no request is begun; 0 for no bound.
        rate: requests begun a second, evenly; 0 for as many as are answered.
        batch_size: trades of one request of the workload `batch`.
        skew: the exponent of Zipf's law by which players are drawn; 0 for uniformly.
        seed: the same seed sends the same requests.
        reconnects: each request goes over a connection of its own, as a server needs that closes
            after its answer; connecting is part of the time of the request.
    """

    workload: WorkloadName
    port: int = 0
    token: str = ""
    players_file: str = ""
    connections: int = 32
    seconds: float = 5.0
    requests_max: int = 0
    rate: float = 0.0
    batch_size: int = 100
    skew: float = 0.0
    seed: int = 1
    reconnects: bool = False


class Holding(Struct, frozen=True, array_like=True):
    """A player, and an item that it holds many units of."""

    player_id: int
    item_id: int


class Measured(Struct, frozen=True, kw_only=True):
    """What became of a load.

    `ms` are the percentiles 50, 99 and 99.9 of the time from a request (with a rate: from the
    moment that it was due) to its whole answer. `words` counts, over all answers, the results of
    a batch by status. `faults` are the first answers that were neither a success nor a refusal.
    """

    requests: int
    seconds: float
    statuses: dict[int, int]
    ms: tuple[float, float, float]
    client_cpu_s: float
    settled: int = 0
    refused: int = 0
    busy: int = 0
    faults: tuple[str, ...] = ()
    players: tuple[Holding, ...] = ()
