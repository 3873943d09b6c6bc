"""The machine and the versions that a result belongs to."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from src.stack.parts.java import jars
from src.stack.parts.postgres import program

_PACKAGES = (
    *("flask", "flask-restx", "granian", "msgspec", "redis", "hiredis"),
    *("confluent-kafka", "kafka-python", "pyspark", "duckdb", "pyiceberg"),
)
#: What is a jar, by its folder and its name before the version.
_JARS = {
    "Kafka": ("kafka", "kafka_2.13"),
    "Iceberg": ("spark", "iceberg-spark-runtime-4.1_2.13"),
    "Presto": ("presto", "presto-main"),
}


def machine() -> dict[str, str]:
    """Return facts about this machine by name."""
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory_bytes / 2**30:.1f} GiB",
        "processor": _processor(),
        "kernel": platform.release(),
        "load before the run": f"{os.getloadavg()[0]:.1f}",
    }


class Stolen:
    """How much of the processors' time other virtual machines have taken since this was made.

    A machine that shares its processors tells so as `steal` (proc_stat(5)); who measures cannot
    prevent it, but can say it.
    """

    def __init__(self) -> None:
        """Begin to count."""
        self._began = _ticks()

    def share(self) -> float:
        """Return the share, from 0 to 1."""
        passed = [now - then for now, then in zip(_ticks(), self._began, strict=True)]
        return passed[_STEAL] / max(1, sum(passed))


#: The place of `steal` among the fields, and how many are counted: guests' time is within `user`.
_STEAL, _FIELDS = 7, 8


def _ticks() -> list[int]:
    """Return ticks of all processors by what they were spent on, since the machine started."""
    total = Path("/proc/stat").read_text().partition("\n")[0]
    return [int(field) for field in total.split()[1 : 1 + _FIELDS]]


def versions() -> dict[str, str]:
    """Return the versions of what takes part, by name."""
    found = {"Python": platform.python_version()}
    found |= {name: version(name) for name in _PACKAGES}
    for name, (part, jar) in _JARS.items():
        # The full profile's jars are fetched for it only.
        for path in jars(part).glob(f"{jar}-*.jar"):
            found[name] = path.stem.removeprefix(f"{jar}-")
    found["redis-server"] = _first_line("redis-server", "--version").split("v=")[-1].split(" ")[0]
    if postgres := program("postgres"):
        found["PostgreSQL"] = _first_line(str(postgres), "--version").split(" ")[2]
        found["psycopg"] = version("psycopg")
    found["Java"] = _first_line("java", "-version")
    return found


def _processor() -> str:
    facts = dict(
        line.split(":", 1)
        for line in Path("/proc/cpuinfo").read_text().replace("\t", "").splitlines()
        if ":" in line
    )
    # A virtual machine may hide the name and tell only numbers.
    name = facts.get("model name", "").strip()
    numbers = (
        f"family {facts.get('cpu family', '?').strip()} model {facts.get('model', '?').strip()}"
    )
    return (
        name if name and name != "unknown" else f"{facts.get('vendor_id', '?').strip()} {numbers}"
    )


def _first_line(*command: str) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return (ended.stdout or ended.stderr).splitlines()[0]
