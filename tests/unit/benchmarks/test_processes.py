"""What a process took holds what its children took, also those that have ended."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.processes import cpu_s

_BURNT_S = 0.3
_CHILD = f"import time\nwhile time.process_time() < {_BURNT_S}: pass"
_PARENT = (
    f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {_CHILD!r}])\nprint()\ninput()"
)


def test_children_that_ended_are_counted() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdin is not None
        parent.stdout.readline()
        took_s = cpu_s({"parent": parent.pid})["parent"]
        parent.stdin.write(b"\n")
        parent.stdin.close()
    # The kernel counts in ticks of a hundredth of a second.
    assert took_s >= _BURNT_S - 0.05
