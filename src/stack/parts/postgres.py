"""The metastore's PostgreSQL, from `deploy/postgres`: this machine's own program."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from src.config import Settings
from src.stack.layout import Layout
from src.stack.parts.java import DEPLOY
from src.stack.process import Process, run_preparation
from src.stack.secrets import stack_secret
from src.stack.supervisor_config import child_environment

#: The name of the secret; the user and the database are both called `metastore`.
PASSWORD = "metastore_db_password"  # noqa: S105 - the name of one
USER = "metastore"

_CONFIG = DEPLOY / "postgres"
_FILES = ("postgresql.conf", "pg_hba.conf")

#: Where Debian and Ubuntu put the programs, which are not on the PATH there.
_DEBIAN = Path("/usr/lib/postgresql")


def program(name: str) -> Path | None:
    """Return a program of PostgreSQL, of the newest version here; None when there is none."""
    versions = [path for path in _DEBIAN.glob("*/bin") if (path / name).exists()]
    if versions:
        return max(versions, key=lambda path: int(path.parent.name)) / name
    found = shutil.which(name)
    return Path(found) if found else None


def postgres(settings: Settings, layout: Layout) -> Process:
    """Return the database server, which listens on TCP alone."""
    return Process(
        "postgres",
        (
            *_launch(layout, "postgres"),
            "-c",
            f"listen_addresses={settings.postgres_host}",
            "-c",
            f"port={settings.postgres_port}",
        ),
        60,
        120,
        # Sessions that are still open are ended; SIGTERM would wait for them.
        stop_signal="INT",
        prepare=lambda: _prepare(settings, layout),
    )


def _launch(layout: Layout, name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "src.stack.parts.postgres_launch", str(_data(layout)), name)


def _data(layout: Layout) -> Path:
    return layout.postgres / "data"


def _prepare(settings: Settings, layout: Layout) -> None:
    data, made = _data(layout), layout.postgres / "made"
    if not made.exists():
        # Its making was interrupted, and nothing was ever stored.
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True, mode=0o700)
        _make_cluster(settings, layout)
        made.touch()
    owner = data.stat()
    for name in _FILES:
        shutil.copyfile(_CONFIG / name, data / name)
        os.chown(data / name, owner.st_uid, owner.st_gid)


def _make_cluster(settings: Settings, layout: Layout) -> None:
    fact = "The metastore's PostgreSQL could not be prepared."
    remedy = f"look at {layout.postgres}; what PostgreSQL stores is there"
    environment = child_environment(settings)
    run_preparation(
        [
            *_launch(layout, "initdb"),
            f"--username={USER}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
        ],
        fact=fact,
        remedy=remedy,
        environment=environment,
        text=stack_secret(layout, PASSWORD),
    )
    run_preparation(
        [*_launch(layout, "postgres"), "--single", "template1"],
        fact=fact,
        remedy=remedy,
        environment=environment,
        text=(_CONFIG / "create_metastore.sql").read_text(),
    )
