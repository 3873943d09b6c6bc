"""How the embedded Kafka broker is configured, formatted and run: files and command lines.

Nothing is started here; the supervisor and the tests run these commands.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from string import Template

from src.config import Settings

_DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "kafka"

#: Names the cluster in its data folder, 16 bytes in base64url. One broker needs no other.
_CLUSTER_ID = "GuildhallEmbeddedKafkA"

#: 256 MiB of heap carries 10,000 events/s; the page cache, outside it, holds the log itself.
_JVM_OPTIONS = (
    "-Xms128m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    # The second compiler takes more of two cores, for minutes, than its code gives back
    # (docs/decisions/0030).
    "-XX:TieredStopAtLevel=1",
    "-XX:MaxMetaspaceSize=128m",
    "-XX:ReservedCodeCacheSize=64m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
)


def render_config(settings: Settings, folder: Path) -> Path:
    """Write the broker's configuration into `folder` and return the path of server.properties.

    Args:
        settings: ports, host and retention are taken from here.
        folder: made when absent; the broker's data lies in `data` below it.
    """
    data_folder = folder / "data"
    data_folder.mkdir(parents=True, exist_ok=True)
    template = Template((_DEPLOY / "server.properties").read_text())
    # 0.0.0.0 is an address to listen on; a client cannot connect to it.
    everywhere = settings.kafka_host == "0.0.0.0"  # noqa: S104 - compared, not bound
    config = folder / "server.properties"
    config.write_text(
        template.substitute(
            host=settings.kafka_host,
            advertised_host="127.0.0.1" if everywhere else settings.kafka_host,
            port=settings.kafka_port,
            controller_port=settings.kafka_controller_port,
            retention_h=settings.kafka_retention_h,
            data_folder=data_folder,
        )
    )
    shutil.copyfile(_DEPLOY / "log4j2.yaml", folder / "log4j2.yaml")
    return config


def format_command(config: Path) -> list[str]:
    """Return the command that prepares the broker's data folder; it changes nothing the next time.

    Args:
        config: what `render_config` returned.
    """
    return [
        *_java(config),
        "kafka.tools.StorageTool",
        "format",
        "-t",
        _CLUSTER_ID,
        "--standalone",
        "--ignore-formatted",
        "-c",
        str(config),
    ]


def run_command(config: Path) -> list[str]:
    """Return the command that runs the broker in the foreground; SIGTERM stops it in order.

    Args:
        config: what `render_config` returned, after `format_command` ran.
    """
    return [*_java(config), "kafka.Kafka", str(config)]


def _java(config: Path) -> list[str]:
    jars = Path(sys.prefix) / "jars" / "kafka"
    logging = config.parent / "log4j2.yaml"
    return ["java", *_JVM_OPTIONS, f"-Dlog4j2.configurationFile={logging}", "-cp", f"{jars}/*"]
