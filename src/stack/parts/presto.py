"""Presto, from `deploy/presto`: coordinator and worker in one process."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from string import Template

from src.config import Settings
from src.stack.layout import Layout
from src.stack.parts.java import DEPLOY, HDFS_READER, classpath, jars, scratch
from src.stack.process import Process

_CONFIG = DEPLOY / "presto"

#: Parts of `deploy/jars/ivy.xml`.
_PLUGINS = ("presto-iceberg", "presto-groups")

#: What is filled in; the other files are read as they are.
_TEMPLATES = ("config.properties", "catalog/guildhall.properties")


def presto(settings: Settings, layout: Layout) -> Process:
    """Return Presto; it is started where `etc` is its configuration."""
    folder = layout.presto
    config = render_presto_config(settings, folder)
    command = (
        "java",
        f"@{config / 'jvm.config'}",
        scratch(folder / "tmp"),
        f"-Dconfig={config / 'config.properties'}",
        f"-Dlog.levels-file={config / 'log.properties'}",
        f"-Dcatalog.config-dir={config / 'catalog'}",
        f"-Dplugin.dir={_plugins(folder)}",
        "-cp",
        classpath(jars("presto") / "*"),
        "com.facebook.presto.server.PrestoServer",
    )
    return Process("presto", command, 30, 600, HDFS_READER, folder)


def render_presto_config(settings: Settings, folder: Path) -> Path:
    """Write Presto's configuration into `folder/etc` and return that."""
    config = folder / "etc"
    shutil.copytree(_CONFIG, config, dirs_exist_ok=True)
    for name in _TEMPLATES:
        text = Template((_CONFIG / name).read_text()).substitute(
            host=settings.presto_host,
            # It listens on a number alone, and in a container's network it is found by its name.
            bind_ip=socket.gethostbyname(settings.presto_host),
            port=settings.presto_port,
            data_dir=folder / "data",
            metastore_host=settings.metastore_host,
            metastore_port=settings.metastore_port,
        )
        (config / name).write_text(text)
    return config


def _plugins(folder: Path) -> Path:
    """Return a folder of plugins, each a folder of jars as they were fetched."""
    plugins = folder / "plugin"
    plugins.mkdir(parents=True, exist_ok=True)
    for part in _PLUGINS:
        link = plugins / part
        # Made anew: the folder of the program may have moved since.
        link.unlink(missing_ok=True)
        link.symlink_to(jars(part))
    return plugins
