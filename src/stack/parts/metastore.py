"""The Hive metastore, from `deploy/hive`: the version that pyspark ships, on PostgreSQL.

Newer metastores lack a call that Iceberg's client makes.
"""

from __future__ import annotations

from src.config import Settings
from src.stack.layout import Layout
from src.stack.parts.java import DEPLOY, HDFS_WRITER, classpath, jars, pyspark_jars, scratch
from src.stack.parts.postgres import PASSWORD
from src.stack.process import Process
from src.stack.secrets import stack_secret

_CONFIG = DEPLOY / "hive"


def metastore(settings: Settings, layout: Layout) -> Process:
    """Return the metastore."""
    command = (
        "java",
        f"@{_CONFIG / 'jvm.options'}",
        f"-Dlog4j2.configurationFile={_CONFIG / 'log4j2.properties'}",
        scratch(layout.var / "tmp"),
        "-cp",
        classpath(_CONFIG, DEPLOY / "hadoop", pyspark_jars() / "*", jars("metastore") / "*"),
        "org.apache.hadoop.hive.metastore.HiveMetaStore",
        "-p",
        str(settings.metastore_port),
    )
    password = {"METASTORE_DB_PASSWORD": stack_secret(layout, PASSWORD)}
    return Process("metastore", command, 30, 180, {**HDFS_WRITER, **password})
