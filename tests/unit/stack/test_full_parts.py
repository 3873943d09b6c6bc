"""What the full profile's parts are given: secrets, configuration, commands."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from src.config import Settings
from src.economy.presto_engine import PrestoEngine
from src.stack.errors import PreflightError
from src.stack.layout import Layout
from src.stack.order import STOP_ORDER, names_of
from src.stack.parts.java import DEPLOY
from src.stack.parts.presto import render_presto_config
from src.stack.parts.probes import FULL_PROBES
from src.stack.preflight import PORT_SETTINGS, check_ports
from src.stack.processes import processes
from src.stack.readiness import PROBES
from src.stack.secrets import stack_secret
from src.stack.supervisor_config import render_supervisor_config

_FULL = Settings(profile="full")

_ENVIRONMENT = re.compile(r"\$\{env\.(\w+)(?::-([^}]*))?\}")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = replace(_FULL, var_dir=str(tmp_path))
    Layout.of(made).make()
    return made


def test_a_secret_is_drawn_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    drawn = stack_secret(layout, "some")
    assert len(drawn) >= 32
    assert stack_secret(layout, "some") == drawn
    assert stack_secret(layout, "other") != drawn
    assert stat.S_IMODE((layout.secrets / "some").stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o700


def test_the_supervisors_file_that_holds_the_password_is_its_owners(settings: Settings) -> None:
    layout = Layout.of(settings)
    config = render_supervisor_config(layout, processes(settings))
    assert stack_secret(layout, "metastore_db_password") in config.read_text()
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


@pytest.mark.parametrize("profile", ["embedded", "full"])
def test_every_process_starts_once_stops_has_a_probe_and_names_its_ports(
    settings: Settings, profile: str
) -> None:
    made = replace(settings, profile=profile)
    names = names_of(made)
    assert sorted(names) == sorted(process.name for process in processes(made))
    assert len(set(names)) == len(names)
    assert set(names) <= set(STOP_ORDER)
    assert set(names) <= PROBES.keys()
    assert set(names) <= PORT_SETTINGS.keys()


def test_no_probe_is_of_nothing() -> None:
    assert FULL_PROBES.keys() <= set(names_of(_FULL))


def test_every_port_is_a_setting_of_a_process() -> None:
    named = {port for ports in PORT_SETTINGS.values() for port, _ in ports}
    assert named == {name for name in Settings.__struct_fields__ if name.endswith("_port")}


def test_two_parts_of_the_full_profile_cannot_share_a_port() -> None:
    same = replace(_FULL, presto_port=22_999, metastore_port=22_999)
    with pytest.raises(PreflightError, match="Port 22999 is given to two parts"):
        check_ports(same, ("metastore", "presto"))


def test_prestos_configuration_is_filled_in(tmp_path: Path) -> None:
    folder = render_presto_config(replace(_FULL, presto_port=22_998), tmp_path)
    config = (folder / "config.properties").read_text()
    assert "http-server.http.port=22998" in config
    catalog = (folder / "catalog" / "guildhall.properties").read_text()
    assert "thrift://127.0.0.1:9083" in catalog
    lines = [line for line in (config + catalog).splitlines() if not line.startswith("#")]
    assert not any("$" in line for line in lines)


def test_presto_believes_the_metastore_no_longer_than_an_engine_says(tmp_path: Path) -> None:
    catalog = render_presto_config(_FULL, tmp_path) / "catalog" / "guildhall.properties"
    said = dict(
        line.split("=", 1) for line in catalog.read_text().splitlines() if line.startswith("hive.")
    )
    held = {said["hive.metastore-cache-ttl"], said["hive.metastore-refresh-interval"]}
    assert held == {f"{PrestoEngine.stale_s_max * 1_000:.0f}ms"}


@pytest.mark.parametrize(
    "name", ["hadoop/core-site.xml", "hadoop/hdfs-site.xml", "hive/hive-site.xml"]
)
def test_what_hadoop_fills_in_are_settings_with_their_defaults(name: str) -> None:
    defaults = Settings()
    for variable, default in _ENVIRONMENT.findall((DEPLOY / name).read_text()):
        setting = variable.removeprefix("GUILDHALL_").lower()
        if variable.startswith("GUILDHALL_") and setting != "var_dir":
            assert str(getattr(defaults, setting)) == default, variable
