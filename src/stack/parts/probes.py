"""When a part of the full profile is ready: it does its work, not just runs."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import urllib3

from src.config import Settings
from src.stack.parts.postgres import USER, program

PROBE_TIMEOUT_S = 2.0

#: Looks at one process, by its pid; None when it is ready, else what is missing, in words.
FullProbe = Callable[[Settings, int], str | None]

_HTTP_OK = 200

#: Thrift's binary protocol: a call of `getStatus`, the one question that every metastore answers
#: without looking anything up; then the end of its empty list of arguments.
_GET_STATUS = struct.pack(">Ii9siB", 0x80010001, 9, b"getStatus", 0, 0)
_CALL_REPLY = 0x80010002


def namenode(settings: Settings, _pid: int) -> str | None:
    """Look whether the NameNode answers; its files can be had once a DataNode has told of them."""
    return _file_system(settings)[1]


def datanode(settings: Settings, _pid: int) -> str | None:
    """Look whether the NameNode knows a DataNode, and files can be read and written."""
    state, missing = _file_system(settings)
    if missing is not None:
        return missing
    if not state.get("NumLiveDataNodes"):
        return "the NameNode does not know it yet"
    return None if state.get("FSState") == "Operational" else "HDFS is in safe mode"


def postgres(settings: Settings, _pid: int) -> str | None:
    """Look whether PostgreSQL takes connections."""
    asked = subprocess.run(
        [
            *(str(program("pg_isready")), f"--host={settings.postgres_host}"),
            *(f"--port={settings.postgres_port}", f"--username={USER}", "--dbname=metastore"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return None if asked.returncode == 0 else (asked.stdout + asked.stderr).strip()


def metastore(settings: Settings, _pid: int) -> str | None:
    """Look whether the metastore answers a call."""
    address = (settings.metastore_host, settings.metastore_port)
    try:
        with socket.create_connection(address, timeout=PROBE_TIMEOUT_S) as connection:
            connection.sendall(_GET_STATUS)
            answered = connection.recv(4)
    except OSError as error:
        return str(error)
    is_reply = answered == struct.pack(">I", _CALL_REPLY)
    return None if is_reply else "it does not answer a call"


def presto(settings: Settings, _pid: int) -> str | None:
    """Look whether Presto answers a query."""
    # Every other probe does without Presto's client, which takes a while to import.
    from src.economy.engine import EngineError  # noqa: PLC0415 - as said above
    from src.economy.presto_engine import presto_engine  # noqa: PLC0415 - as above

    try:
        with presto_engine(settings) as engine:
            engine.ask("select 1")
    except EngineError as error:
        return error.fact
    return None


FULL_PROBES: Mapping[str, FullProbe] = {
    "namenode": namenode,
    "datanode": datanode,
    "postgres": postgres,
    "metastore": metastore,
    "presto": presto,
}


def _file_system(settings: Settings) -> tuple[Mapping[str, Any], str | None]:
    """Return what the NameNode tells of HDFS, or why it does not."""
    url = f"http://{settings.namenode_host}:{settings.namenode_http_port}/jmx"
    try:
        answer = urllib3.request(
            "GET",
            url,
            fields={"qry": "Hadoop:service=NameNode,name=FSNamesystemState"},
            timeout=PROBE_TIMEOUT_S,
            retries=False,
        )
    except urllib3.exceptions.HTTPError as error:
        return {}, str(error)
    if answer.status != _HTTP_OK:
        return {}, f"{url} answers {answer.status}"
    beans = json.loads(answer.data)["beans"]
    return (beans[0], None) if beans else ({}, "it does not tell of its files yet")
