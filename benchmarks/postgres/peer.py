"""The PostgreSQL function as a peer, behind each kind of server that there is for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec.structs import replace

from benchmarks.peer import Ground
from benchmarks.postgres.cluster import Cluster, lacks_postgres, running_cluster
from benchmarks.postgres.fronts import Front, GoFront, GranianFront
from benchmarks.results import Figure
from benchmarks.servers import free_ports, serving
from src.inventory_generation.catalogue import load_catalogue


class PostgresPeer:
    """Implements `benchmarks.peer.Peer`."""

    closes = False

    def __init__(self, name: str, title: str, front: Front) -> None:
        """Be the function behind `front`."""
        self.name = name
        self.title = title
        self._front = front

    def lacks(self) -> str:
        """Return what this machine lacks to run it; empty when nothing."""
        return lacks_postgres() or self._front.lacks()

    @contextmanager
    def standing(self, ground: Ground) -> Iterator[PostgresRival]:
        """Run it, with the players of `ground`, while its caller measures."""
        # The front's own port is not taken yet.
        port = next(port for port in free_ports(2) if port != ground.settings.api_port)
        settings = replace(ground.settings, postgres_port=port, api_threads=self._front.threads)
        command = self._front.command(settings)
        with running_cluster(self.name, settings) as cluster:
            cluster.load(load_catalogue(), ground.players)
            with serving(f"{self.name}_front", command, settings, cluster.address) as pid:
                yield PostgresRival(cluster, pid)


class PostgresRival:
    """Implements `benchmarks.peer.Rival`."""

    def __init__(self, cluster: Cluster, front_pid: int) -> None:
        """Watch the function on `cluster` and the server before it."""
        self._cluster = cluster
        self._began_with = cluster.totals()
        self.pids: Mapping[str, int] = {"front": front_pid, "postgres": cluster.pid}

    def faults(self, settled: int) -> list[str]:
        """Say whether anything was lost or duplicated, or a trade is missing."""
        found = []
        if self._cluster.totals() != self._began_with:
            found.append("the players together do not hold what they began with")
        if (written := self._cluster.settled()) != settled:
            found.append(f"{settled:,} trades were answered as settled, {written:,} are written")
        return found

    def figures(self) -> tuple[Figure, ...]:
        """Tell no more than its row does."""
        return ()


POSTGRES_PEERS = (
    PostgresPeer(
        "trade_postgres",
        "a PostgreSQL function with row locks, behind the API's own server",
        GranianFront(),
    ),
    PostgresPeer(
        "trade_postgres_go",
        "the same function behind a thin server in Go",
        GoFront(),
    ),
)
