"""What Linux tells about processes and ports, read from /proc."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
#: The state of a listening socket in /proc/net/tcp; see proc_net_tcp.txt of Linux.
_LISTEN = "0A"
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Owner:
    """The process that holds a port."""

    pid: int
    command: str


def exists(pid: int) -> bool:
    """Whether a process runs; one that ended and is not yet reaped does not."""
    return _stat(pid)[0] not in {"", "Z", "X"}


def resident_mib(pid: int) -> float:
    """Return the resident memory of a process and all its descendants, in MiB.

    Pages that they share are counted once for each.
    """
    family = [pid, *descendants(pid)]
    return round(sum(_resident_bytes(member) for member in family) / _MIB, 1)


def owner_of_port(port: int) -> Owner | None:
    """Return the process that listens on a TCP port; None when /proc does not tell."""
    sockets = _listening(port)
    for pid in _pids() if sockets else ():
        if sockets & _open_files(pid):
            return Owner(pid, command_of(pid))
    return None


def command_of(pid: int) -> str:
    """Return a process's command line; empty when it is gone or not ours to see."""
    return _read(_PROC / str(pid) / "cmdline").replace("\0", " ").strip()


def processes_with(variable: str, value: str) -> tuple[int, ...]:
    """Return the processes that were started with an environment variable of this value."""
    wanted = f"{variable}={value}"
    return tuple(
        pid
        for pid in _pids()
        if wanted in _read(_PROC / str(pid) / "environ").split("\0") and exists(pid)
    )


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())


def descendants(pid: int) -> list[int]:
    """Return the children of a process, their children, and so on."""
    children: dict[int, list[int]] = defaultdict(list)
    for candidate in _pids():
        children[_stat(candidate)[1]].append(candidate)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        born = children[waiting.pop()]
        found += born
        waiting += born
    return found


def _stat(pid: int) -> tuple[str, int]:
    # The name, in parentheses, may hold anything; what follows the last one is regular.
    _, _, rest = _read(_PROC / str(pid) / "stat").rpartition(")")
    words = rest.split()
    return (words[0], int(words[1])) if words else ("", 0)


def _resident_bytes(pid: int) -> int:
    words = _read(_PROC / str(pid) / "statm").split()
    return int(words[1]) * os.sysconf("SC_PAGE_SIZE") if words else 0


def _listening(port: int) -> set[str]:
    """Return the sockets that listen on a port, as the links in `fd` name them."""
    ending = f":{port:04X}"
    return {
        f"socket:[{words[9]}]"
        for table in ("tcp", "tcp6")
        for words in map(str.split, _read(_PROC / "net" / table).splitlines()[1:])
        if words[1].endswith(ending) and words[3] == _LISTEN
    }


def _open_files(pid: int) -> set[str]:
    found = set()
    # It may end or close a file meanwhile, or belong to another user.
    with contextlib.suppress(OSError):
        for entry in (_PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(entry.readlink()))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
