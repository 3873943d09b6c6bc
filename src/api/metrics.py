"""Prometheus metrics: counted in each worker, shown for all of them together."""

from __future__ import annotations

import os
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from src.player_store.store import RedisPlayerStore
from src.services.ports import StoreUnreachable

#: The variable by which prometheus_client finds the folder that workers share.
SHARED_FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

#: Seconds; the goal is that 99 of 100 trades take less than 0.05.
_LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})

_REQUESTS = Counter("guildhall_http_requests", "Requests answered", ["method", "route", "status"])
_LATENCY = Histogram(
    "guildhall_http_request_seconds", "Time to answer", ["route"], buckets=_LATENCY_BUCKETS
)


def count_request(method: str, route: str, status: str, took_s: float) -> None:
    """Count and time a request that was answered."""
    # A client may invent methods; each would be a series of its own for ever.
    counter, histogram = _series(method if method in _METHODS else "other", route, status)
    counter.inc()
    histogram.observe(took_s)


@cache
def _series(method: str, route: str, status: str) -> tuple[Counter, Histogram]:
    return _REQUESTS.labels(method, route, status), _LATENCY.labels(route)


def exposition(store: RedisPlayerStore) -> bytes:
    """Return all workers' metrics, and the store's own, in Prometheus' text format."""
    registry = CollectorRegistry()
    if SHARED_FOLDER_VARIABLE in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # by prometheus_client
    else:
        registry.register(_REQUESTS)
        registry.register(_LATENCY)
    up = Gauge("guildhall_redis_up", "Whether Redis answers", registry=registry)
    try:
        waiting, waiting_bytes = store.outbox_length(), store.outbox_bytes()
        seq = store.last_seq()
    except StoreUnreachable:
        up.set(0)
        return generate_latest(registry)
    up.set(1)
    outbox = Gauge("guildhall_outbox_entries", "Commits not yet in Kafka", registry=registry)
    outbox.set(waiting)
    outbox_bytes = Gauge("guildhall_outbox_bytes", "Bytes of their events", registry=registry)
    outbox_bytes.set(waiting_bytes)
    Gauge("guildhall_seq", "Number of the last event", registry=registry).set(seq)
    return generate_latest(registry)
