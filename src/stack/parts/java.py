"""What the Java parts share: their jars, and the user that they are to HDFS."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from src.stack.layout import ROOT

#: Where the configuration lies that both ways of running the full profile read.
DEPLOY = ROOT / "deploy"

#: Who writes the tables. HDFS asks nobody for a proof: whoever reaches its ports can say this name.
HDFS_WRITER = {"HADOOP_USER_NAME": "guildhall"}

#: Who reads them, with a name that HDFS lets write nothing.
HDFS_READER = {"HADOOP_USER_NAME": "presto"}


def jars(part: str) -> Path:
    """Return the folder of a part's jars, which the launcher fetches; see deploy/jars/ivy.xml."""
    return Path(sys.prefix) / "jars" / part


def pyspark_jars() -> Path:
    """Return the folder of the jars that pyspark ships.

    Raises:
        ModuleNotFoundError: pyspark is not installed.
    """
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pyspark")
    return Path(found.origin).parent / "jars"


def classpath(*entries: Path) -> str:
    """Return Java's class path; a folder of jars is named with a final `*`."""
    return ":".join(str(entry) for entry in entries)


def scratch(folder: Path) -> str:
    """Return Java's option for temporary files, making their folder; nothing lies outside var."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"-Djava.io.tmpdir={folder}"
