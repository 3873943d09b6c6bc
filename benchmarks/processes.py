"""What processes cost: processor time, read from /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
#: Places in /proc/PID/stat after the name: the parent, and the times of the process and of its
#: children that have ended, each in user mode and in the kernel (proc_pid_stat(5)).
_PARENT, _TIMES = 1, slice(11, 15)


def cpu_s(roots: Mapping[str, int]) -> dict[str, float]:
    """Return, for each named process, the processor time that it and its descendants took, in s.

    Args:
        roots: process ids by name.
    """
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (words := _stat(entry)):
            pid = int(entry.name)
            # Children that ended count: Redis forks to rewrite its log, PostgreSQL to clean up.
            ticks[pid] = sum(map(int, words[_TIMES]))
            children[int(words[_PARENT])].append(pid)
    return {name: _family_ticks(pid, ticks, children) / _TICKS_PER_S for name, pid in roots.items()}


def _family_ticks(pid: int, ticks: Mapping[int, int], children: Mapping[int, list[int]]) -> int:
    born = children.get(pid, [])
    return ticks.get(pid, 0) + sum(_family_ticks(child, ticks, children) for child in born)


def _stat(entry: Path) -> list[str]:
    try:
        # The name, in parentheses, may hold anything; what follows the last one is regular.
        return (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []  # it ended meanwhile
