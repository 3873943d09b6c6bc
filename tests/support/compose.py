"""docker-compose.yml as a compose tool reads it: variables filled in, anchors followed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

from src.config import PREFIX, Settings, load_settings
from src.stack.layout import ROOT

FILE = ROOT / "docker-compose.yml"

#: Where the Dockerfile puts the program.
IMAGE_ROOT = "/opt/guildhall"

#: Services whose image is not ours.
FOREIGN = frozenset({"redis", "postgres"})

#: Services that end when they have done their work, and the one that is only called.
ONCE = frozenset({"topics", "views"})
TOOL = "cli"

_VARIABLE = re.compile(r"\$\{(\w+)(:-|:\?)([^}]*)\}")

Service = Mapping[str, Any]


class Variable(NamedTuple):
    """A variable that the file takes from `.env`; `text` is its default, or why it must be set."""

    name: str
    operator: str
    text: str


def variables() -> list[Variable]:
    """Return every variable of the file, each as often as it stands there."""
    return [Variable(*found) for found in _VARIABLE.findall(FILE.read_text())]


def compose(environment: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """Return the file with `environment` as what `.env` says; secrets need not be in it."""
    given = environment or {}

    def value(match: re.Match[str]) -> str:
        name, operator, text = match.groups()
        return given.get(name) or (text if operator == ":-" else "a-secret")

    found: Mapping[str, Any] = yaml.safe_load(_VARIABLE.sub(value, FILE.read_text()))
    return found


def services(environment: Mapping[str, str] | None = None) -> Mapping[str, Service]:
    """Return the services of the file by their names."""
    found: Mapping[str, Service] = compose(environment)["services"]
    return found


def settings_of(service: Service) -> Settings:
    """Return the settings that a container of ours loads.

    Raises:
        SettingsError: a variable is no setting, or has a value that is none.
    """
    given = {k: str(v) for k, v in service["environment"].items() if k.startswith(PREFIX)}
    return load_settings(given)


def mebibytes(limit: str) -> int:
    """Return a size as it is written in the file, like `640m` or `1g`, in MiB."""
    number, unit = int(limit[:-1]), limit[-1]
    return number * {"m": 1, "g": 1_024}[unit]
