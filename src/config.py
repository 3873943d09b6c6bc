"""Which settings hold here.

A setting is read from the environment variable `GUILDHALL_<NAME>`, else from the running stack's
own record (`var/run/settings.json`, written by `./guildhall up`), else its default holds, which
stands in the table of them all, `src/settings.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from src.decoding import converted
from src.settings import Settings, SettingsError

__all__ = [
    "PREFIX",
    "Settings",
    "SettingsError",
    "as_environment",
    "forget_settings",
    "load_settings",
    "record_settings",
]

PREFIX = "GUILDHALL_"

#: Variables with our prefix that are no settings: the token that `simulate` plays with.
_NO_SETTINGS = frozenset({"token"})


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that hold here.

    Args:
        environment: variable names to values; `os.environ` when not given.

    Raises:
        SettingsError: a `GUILDHALL_` variable is unknown or its value cannot be used.
    """
    given = _given(os.environ if environment is None else environment)
    var_dir = Path(given.get("var_dir", Settings().var_dir))
    merged: dict[str, Any] = {**_recorded(var_dir), **given}
    if "var_dir" in merged:
        merged["var_dir"] = str(Path(merged["var_dir"]).resolve())
    try:
        return converted(merged, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{error}: set {PREFIX}... to a value that fits") from error


def as_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that make a child process load these very settings."""
    return {
        f"{PREFIX}{name.upper()}": str(value)
        for name, value in msgspec.structs.asdict(settings).items()
    }


def record_settings(settings: Settings) -> None:
    """Write the running stack's settings where later commands find them."""
    path = _record_path(settings.var)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))


def forget_settings(settings: Settings) -> None:
    """Remove the record of a stack that was stopped."""
    _record_path(settings.var).unlink(missing_ok=True)


def _record_path(var: Path) -> Path:
    return var / "run" / "settings.json"


def _recorded(var: Path) -> dict[str, Any]:
    path = _record_path(var)
    if not path.exists():
        return {}
    recorded: dict[str, Any] = json.loads(path.read_text())
    return {name: value for name, value in recorded.items() if name in _names()}


def _names() -> frozenset[str]:
    return frozenset(Settings.__struct_fields__)


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in _NO_SETTINGS
    }
    if unknown := sorted(given.keys() - _names()):
        listed = ", ".join(f"{PREFIX}{name.upper()}" for name in unknown)
        raise SettingsError(
            f"unknown setting {listed}: docs/reference/settings.md lists those there are"
        )
    return given
