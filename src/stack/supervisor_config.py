"""The supervisor's configuration, and how the supervisor is started."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from src.config import Settings, as_environment
from src.stack.errors import NotReadyError
from src.stack.layout import ROOT, Layout
from src.stack.order import STOP_ORDER
from src.stack.process import Process

_TEMPLATES = ROOT / "deploy" / "supervisor"

#: Marks every process of a stack, its children included, with the stack's var folder: those that
#: a killed supervisor leaves behind are found by it.
STACK_MARK = "STACK_OF_GUILDHALL"


def render_supervisor_config(layout: Layout, processes: Iterable[Process]) -> Path:
    """Write the supervisor's configuration into the run folder and return its path."""
    program = Template((_TEMPLATES / "program.conf").read_text())
    sections = [(_TEMPLATES / "supervisord.conf").read_text()]
    sections += [
        program.substitute(
            folder=_value(process.folder),
            environment=_variables(process.environment),
            stop_signal=process.stop_signal,
            name=process.name,
            command=_value(shlex.join(process.command)),
            stop_wait_s=process.stop_wait_s,
            priority=len(STOP_ORDER) - STOP_ORDER.index(process.name),
        )
        for process in processes
    ]
    path = layout.run / "supervisord.conf"
    # Before the text is in it: some variables are secrets.
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("".join(sections))
    return path


def start_supervisor(settings: Settings, config: Path) -> None:
    """Start the supervisor in the background; it answers on its socket when this returns.

    Raises:
        NotReadyError: it did not start.
    """
    layout = Layout.of(settings)
    ended = subprocess.run(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)],
        cwd=layout.run,
        env=child_environment(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise NotReadyError(
            "The supervisor did not start.",
            cause=(ended.stderr or ended.stdout).strip(),
            remedy=f"read {layout.log / 'supervisor.log'}",
        )


def child_environment(
    settings: Settings, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the variables of the stack's processes: those here, the settings, and the mark.

    Args:
        settings: what the processes load.
        environment: what is added to; `os.environ` when not given.
    """
    given = dict(os.environ if environment is None else environment)
    # The launcher does not activate the venv; spark-submit and others look for it on the path.
    paths = [str(Path(sys.executable).parent), given.get("PATH", os.defpath)]
    return {
        **given,
        **as_environment(settings),
        "PATH": os.pathsep.join(paths),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        STACK_MARK: str(settings.var),
    }


def _variables(environment: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_value(text)}"' for name, text in environment.items())


def _value(value: object) -> str:
    # The supervisor expands %(name)s in its values.
    return str(value).replace("%", "%%")
