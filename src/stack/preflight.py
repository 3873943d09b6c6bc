"""What is checked before anything starts, so that a start fails with a sentence and not a log."""

from __future__ import annotations

import errno
import os
import pwd
import re
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Mapping

from src.config import PREFIX, Settings
from src.exposure import serves_legacy_routes
from src.stack import proc
from src.stack.errors import PreflightError
from src.stack.layout import Layout
from src.stack.parts.java import jars
from src.stack.parts.postgres import program
from src.stack.parts.postgres_launch import USER

#: Spark 4 and Kafka 4 start with nothing older.
JAVA_VERSION_MIN = 17

#: Kafka and Redis stop at a full disk; below this a first simulation may not fit.
FREE_BYTES_MIN = 1024**3

#: The settings that are ports, by the process that listens, each with the setting of its address.
PORT_SETTINGS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "redis": (("redis_port", "redis_host"),),
    "kafka": (("kafka_port", "kafka_host"), ("kafka_controller_port", "kafka_host")),
    "relay": (),
    "api": (("api_port", "api_host"),),
    "streaming": (),
    "streaming_trade": (),
    "streaming_player_state": (),
    "namenode": (("namenode_port", "namenode_host"), ("namenode_http_port", "namenode_host")),
    "datanode": (
        ("datanode_port", "datanode_host"),
        ("datanode_http_port", "datanode_host"),
        ("datanode_ipc_port", "datanode_host"),
    ),
    "postgres": (("postgres_port", "postgres_host"),),
    "metastore": (("metastore_port", "metastore_host"),),
    "presto": (("presto_port", "presto_host"),),
}

#: The folders of jars that only the full profile has.
_FULL_JARS = ("hadoop", "metastore", "presto", "presto-iceberg", "presto-groups")


def check_machine(settings: Settings) -> None:
    """Check what does not change while the stack runs: tools, folders, settings together.

    Raises:
        PreflightError: a tool is missing or too old, or var cannot be used.
        SettingsError: the API would not start with these settings.
    """
    serves_legacy_routes(settings)
    _check_var(settings)
    _check_redis()
    _check_java()
    if settings.profile == "full":
        _check_postgres()
        _check_full_jars()


def check_ports(settings: Settings, names: tuple[str, ...]) -> None:
    """Check that each port of these processes is free and theirs alone.

    Raises:
        PreflightError: a port is taken, or two settings name the same.
    """
    wanted = [setting for name in names for setting in PORT_SETTINGS[name]]
    _check_distinct(settings, [port for port, _ in wanted])
    for port_setting, host_setting in wanted:
        _check_port(settings, port_setting, host_setting)


def _check_var(settings: Settings) -> None:
    layout = Layout.of(settings)
    try:
        layout.make()
        probe = layout.run / f"probe.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise PreflightError(
            f"The folder {settings.var} cannot be written.",
            cause=str(error),
            remedy=f"make it writable, or set {PREFIX}VAR_DIR to a folder that is",
        ) from error
    free = shutil.disk_usage(settings.var).free
    if free < FREE_BYTES_MIN:
        raise PreflightError(
            f"The disk of {settings.var} is nearly full: {free / FREE_BYTES_MIN:.2f} GiB are free.",
            cause="Redis and Kafka stop when they cannot write; 1 GiB must be free at the start",
            remedy=f"free some space, or set {PREFIX}VAR_DIR to a folder on another disk",
        )


def _check_redis() -> None:
    if shutil.which("redis-server") is None:
        raise PreflightError(
            "redis-server is missing.",
            cause="it is not on the PATH",
            remedy="install Redis 7 or newer: apt-get install redis-server, brew install redis",
        )


def _check_postgres() -> None:
    remedy = "install PostgreSQL 13 or newer: apt-get install postgresql"
    missing = [name for name in ("postgres", "initdb", "pg_isready") if program(name) is None]
    if missing:
        raise PreflightError(
            "PostgreSQL is missing, and the Hive metastore keeps its tables there.",
            cause=f"not found: {', '.join(missing)}",
            remedy=remedy,
        )
    if os.geteuid() != 0:
        return
    try:
        pwd.getpwnam(USER)
    except KeyError as error:
        raise PreflightError(
            f"PostgreSQL does not run as root, and this machine has no user {USER}.",
            cause="a package of PostgreSQL would have made one",
            remedy=f"{remedy}; or run ./guildhall as another user than root",
        ) from error


def _check_full_jars() -> None:
    missing = [part for part in _FULL_JARS if not any(jars(part).glob("*.jar"))]
    if missing:
        raise PreflightError(
            "The Java parts of the full profile are missing.",
            cause=f"{jars('')} has no {', '.join(missing)}",
            remedy="./guildhall up --profile full fetches them, or GUILDHALL_PROFILE=full",
        )


def _check_java() -> None:
    remedy = "install Java 17 or 21 (apt-get install openjdk-17-jre-headless) or set JAVA_HOME"
    java = shutil.which("java")
    if java is None:
        raise PreflightError("Java is missing.", cause="java is not on the PATH", remedy=remedy)
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = java_version(told.stderr)
    if version is None or version < JAVA_VERSION_MIN:
        first_line = (told.stderr or told.stdout).strip().partition("\n")[0]
        raise PreflightError(
            f"Java {JAVA_VERSION_MIN} or newer is needed.",
            cause=f"{java} is: {first_line or 'silent'}",
            remedy=remedy,
        )


def java_version(text: str) -> int | None:
    """Return the major version that `java -version` tells, 8 for 1.8; None when it tells none."""
    found = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(found.group(1)) if found else None


def _check_distinct(settings: Settings, port_settings: list[str]) -> None:
    counted = Counter(getattr(settings, name) for name in port_settings)
    for port, times in counted.items():
        if times > 1:
            same = [_variable(name) for name in port_settings if getattr(settings, name) == port]
            raise PreflightError(
                f"Port {port} is given to two parts of the stack.",
                cause=f"{' and '.join(same)} are the same",
                remedy=f"set {same[-1]} to another port",
            )


def _check_port(settings: Settings, port_setting: str, host_setting: str) -> None:
    host, port = getattr(settings, host_setting), getattr(settings, port_setting)
    variable = _variable(port_setting)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        # As servers do: a port whose last connections are fading away is free.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise _taken(port, variable) from error
            raise PreflightError(
                f"Nothing can listen on {host}:{port}.",
                cause=str(error),
                remedy=f"set {_variable(host_setting)} or {variable} to one that this machine has",
            ) from error


def _taken(port: int, variable: str) -> PreflightError:
    owner = proc.owner_of_port(port)
    holder = f"process {owner.pid}: {owner.command[:120]}" if owner else "a process not ours to see"
    return PreflightError(
        f"Port {port} ({variable}) is taken.",
        cause=f"by {holder}",
        remedy=f"stop that process, or choose another port: {variable}=... ./guildhall up",
    )


def _variable(setting: str) -> str:
    return f"{PREFIX}{setting.upper()}"
