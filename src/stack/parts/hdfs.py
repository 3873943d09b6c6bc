"""HDFS: one NameNode and one DataNode, from `deploy/hadoop`."""

from __future__ import annotations

from src.config import Settings
from src.stack.layout import Layout
from src.stack.parts.java import DEPLOY, HDFS_WRITER, classpath, jars, scratch
from src.stack.process import Process, run_preparation
from src.stack.supervisor_config import child_environment

_CONFIG = DEPLOY / "hadoop"
_NAMENODE = "org.apache.hadoop.hdfs.server.namenode.NameNode"
_DATANODE = "org.apache.hadoop.hdfs.server.datanode.DataNode"

#: The jars have no web pages, and without these folders on the class path neither node starts.
_WEB_FOLDERS = ("webapps/hdfs", "webapps/datanode")


def namenode(settings: Settings, layout: Layout) -> Process:
    """Return the NameNode."""
    command = _java(layout, _NAMENODE)
    return Process(
        "namenode",
        command,
        60,
        180,
        HDFS_WRITER,
        prepare=lambda: _format(settings, layout, command),
    )


def datanode(layout: Layout) -> Process:
    """Return the DataNode."""
    return Process("datanode", _java(layout, _DATANODE), 60, 180, HDFS_WRITER)


def _java(layout: Layout, main_class: str) -> tuple[str, ...]:
    web = layout.hdfs / "web"
    for folder in _WEB_FOLDERS:
        (web / folder).mkdir(parents=True, exist_ok=True)
    return (
        "java",
        f"@{_CONFIG / 'jvm.options'}",
        scratch(layout.hdfs / "tmp"),
        "-cp",
        classpath(_CONFIG, web, jars("hadoop") / "*"),
        main_class,
    )


def _format(settings: Settings, layout: Layout, command: tuple[str, ...]) -> None:
    # An image is the last thing that formatting writes: without one there are no files to lose.
    if any((layout.hdfs / "name" / "current").glob("fsimage_*")):
        return
    run_preparation(
        [*command, "-format", "-force", "-nonInteractive"],
        fact="HDFS could not be prepared.",
        remedy=f"look at {layout.hdfs}; what the NameNode keeps is there",
        environment={**child_environment(settings), **HDFS_WRITER},
    )
