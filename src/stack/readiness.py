"""When a process is ready: it does its work, not just runs."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import urllib3

from src.config import Settings
from src.player_store.keys import Keys
from src.stack.errors import NotReadyError
from src.stack.layout import Layout
from src.stack.parts.probes import FULL_PROBES, PROBE_TIMEOUT_S
from src.stack.process import Process
from src.stack.supervisor_client import ProcessState, SupervisorClient
from src.streaming.ready import is_announced

#: Looks at one process, by its pid; None when it is ready, else what is missing, in words.
Probe = Callable[[Settings, int], str | None]

#: A start that died this often is not a slow one.
RESTARTS_MAX = 3

_POLL_S = 0.2
_TAIL_LINES = 25


def wait_until_ready(settings: Settings, process: Process, client: SupervisorClient) -> None:
    """Wait until a process is ready.

    Raises:
        NotReadyError: it keeps dying, or is not ready in its time; carries the end of its log.
    """
    begun = time.monotonic()
    restarts_before = client.states()[process.name].restarts
    while True:
        state = client.states()[process.name]
        missing = _missing(settings, state)
        passed = time.monotonic() - begun
        if missing is None:
            return
        if state.state == "fatal" or state.restarts - restarts_before >= RESTARTS_MAX:
            raise not_ready(settings, process.name, "it ends as soon as it is started")
        if passed > process.ready_wait_s:
            raise not_ready(settings, process.name, f"after {passed:.0f} s: {missing}")
        time.sleep(_POLL_S)


def not_ready(settings: Settings, name: str, why: str) -> NotReadyError:
    """Return the error for a process that does not become ready, with the end of its log."""
    log = Layout.of(settings).log_of(name)
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    tail = "\n".join(f"  {line}" for line in lines[-_TAIL_LINES:])
    return NotReadyError(
        f"{name} did not become ready: {why}.",
        cause=f"the end of {log}:\n{tail}" if tail else f"{log} is empty",
        remedy=f"mend what the log says, then ./guildhall up; all of it: ./guildhall logs {name}",
    )


def _missing(settings: Settings, state: ProcessState) -> str | None:
    if state.state != "running" or state.pid is None:
        return f"it is {state.state}"
    return PROBES[state.name](settings, state.pid)


# A container's check is a process of its own, every few seconds: each probe imports the client that
# it needs, and no other.


def _redis(settings: Settings, _pid: int) -> str | None:
    import redis  # noqa: PLC0415 - as said above

    from src.player_store.connection import connect  # noqa: PLC0415 - as above

    with connect(settings.redis_host, settings.redis_port) as client:
        try:
            client.ping()
        except redis.RedisError as error:
            return str(error)
    return None


def _kafka(settings: Settings, _pid: int) -> str | None:
    from kafka.admin import KafkaAdminClient  # noqa: PLC0415 - as above
    from kafka.errors import KafkaError  # noqa: PLC0415 - as above

    # Asked first: Kafka's client logs and leaks a socket for each attempt that is refused.
    try:
        socket.create_connection(
            (settings.kafka_host, settings.kafka_port), timeout=PROBE_TIMEOUT_S
        ).close()
    except OSError as error:
        return str(error)
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=settings.kafka_bootstrap,
            bootstrap_timeout_ms=int(PROBE_TIMEOUT_S * 1000),
        )
    except KafkaError as error:
        return str(error) or "the broker does not answer"
    try:
        admin.list_topics()
    except KafkaError as error:
        return str(error)
    finally:
        admin.close()
    return None


def _relay(settings: Settings, _pid: int) -> str | None:
    import redis  # noqa: PLC0415 - as above

    from src.player_store.connection import connect, run_id_of  # noqa: PLC0415 - as above

    with connect(settings.redis_host, settings.redis_port) as client:
        try:
            checked = client.get(Keys(settings.realm).checked_run_id)
            run_id = run_id_of(client)
        except redis.RedisError as error:
            return str(error)
    told = checked.decode() if isinstance(checked, bytes) else checked
    return None if told == run_id else "it has not yet compared Redis with the log"


def _api(settings: Settings, _pid: int) -> str | None:
    try:
        answer = urllib3.request(
            "GET", f"{settings.api_url}/readyz", timeout=PROBE_TIMEOUT_S, retries=False
        )
    except urllib3.exceptions.HTTPError as error:
        return str(error)
    if answer.status == 200:  # noqa: PLR2004 - HTTP's own
        return None
    return f"/readyz answers {answer.status}: {answer.data.decode(errors='replace')[:500]}"


def _streaming(name: str) -> Probe:
    def probe(settings: Settings, pid: int) -> str | None:
        return None if is_announced(settings, name, pid) else "its queries do not run yet"

    return probe


PROBES: dict[str, Probe] = {
    "redis": _redis,
    "kafka": _kafka,
    "relay": _relay,
    "api": _api,
    "streaming": _streaming("streaming"),
    "streaming_trade": _streaming("streaming_trade"),
    "streaming_player_state": _streaming("streaming_player_state"),
    **FULL_PROBES,
}
