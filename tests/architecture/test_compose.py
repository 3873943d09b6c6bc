"""docker-compose.yml runs what the native runner runs: the same parts, commands and files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import asdict

from src.config import Settings
from src.stack.layout import ROOT
from src.stack.order import START_WAVES, names_of
from src.stack.preflight import PORT_SETTINGS
from src.stack.process import Process
from src.stack.processes import processes
from tests.support.compose import FOREIGN, IMAGE_ROOT, ONCE, TOOL, services, settings_of

FULL = Settings(profile="full")
SERVICES = services()
PARTS = names_of(FULL)
OURS = [name for name in SERVICES if name not in FOREIGN]
MODULE = ["python", "-P", "-m"]

#: Each container writes here.
VAR = "/var/lib/guildhall"

#: What is set otherwise than natively, beside the addresses.
_OTHER = {"profile", "var_dir", "streaming_memory_mib", "outbox_bytes_max"}


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Process]:
    """Give the processes of the native runner by their names."""
    settings = Settings(profile="full", var_dir=str(tmp_path_factory.mktemp("var")))
    (settings.var / "run").mkdir()
    return {process.name: process for process in processes(settings)}


def test_there_is_a_service_for_each_part_and_no_other() -> None:
    assert set(SERVICES) == {*PARTS, *ONCE, TOOL}


@pytest.mark.parametrize("name", [part for part in PARTS if part not in FOREIGN])
def test_a_service_of_ours_becomes_what_the_supervisor_runs(name: str) -> None:
    service = SERVICES[name]
    assert service["command"] == ["src.stack.run", name]
    assert service["healthcheck"]["test"] == ["CMD", *MODULE, "src.stack.check", name]


@pytest.mark.parametrize("name", PARTS)
def test_a_service_is_waited_for_and_stopped_as_natively(
    name: str, native: Mapping[str, Process]
) -> None:
    service, process = SERVICES[name], native[name]
    assert service["healthcheck"]["start_period"] == f"{process.ready_wait_s}s"
    assert service["stop_grace_period"] == f"{process.stop_wait_s}s"
    assert service.get("stop_signal", "SIGTERM") == f"SIG{process.stop_signal}"


def test_what_the_lifecycle_makes_between_its_waves_is_made_once() -> None:
    assert SERVICES["topics"]["command"] == ["src.event_log.topics"]
    assert SERVICES["views"]["command"] == ["src.economy.migrations"]
    assert all("healthcheck" not in SERVICES[name] for name in ONCE)
    assert all(SERVICES[name]["restart"] == "on-failure" for name in ONCE)


def test_redis_is_started_with_the_same_file_and_options(native: Mapping[str, Process]) -> None:
    program, config, *options = SERVICES["redis"]["command"]
    native_program, native_config, *native_options = native["redis"].command
    assert program == native_program
    assert ROOT / mounts("redis")[config] == Path(native_config)
    given, expected = pairs(options), pairs(native_options)
    assert given["--port"] == expected["--port"]
    assert given["--appendfsync"] == expected["--appendfsync"]
    assert given["--dir"] in mounts("redis")
    # Its port is not published, and whoever comes from another container is not local.
    assert given.keys() - expected.keys() == {"--protected-mode", "--maxmemory"}
    assert given.keys() >= expected.keys()
    assert SERVICES["redis"]["healthcheck"]["test"][-2:] == [given["--port"], "ping"]


def test_postgres_is_started_with_the_same_files_and_options(native: Mapping[str, Process]) -> None:
    given = settings_in(SERVICES["postgres"]["command"])
    expected = settings_in(native["postgres"].command)
    assert given["port"] == expected["port"]
    assert given.keys() == expected.keys() | {"config_file", "hba_file"}
    assert mounts("postgres")[given["config_file"]] == "deploy/postgres/postgresql.conf"
    assert mounts("postgres")[given["hba_file"]] == "deploy/postgres/pg_hba.conf"
    assert f"--port={given['port']}" in SERVICES["postgres"]["healthcheck"]["test"]


def test_postgres_makes_the_user_and_the_database_that_the_metastore_asks_for() -> None:
    made = SERVICES["postgres"]["environment"]
    asked = (ROOT / "deploy/hive/hive-site.xml").read_text()
    assert f"}}/{made['POSTGRES_DB']}<" in asked
    assert f"<value>{made['POSTGRES_USER']}<" in asked
    password = SERVICES["metastore"]["environment"]["METASTORE_DB_PASSWORD"]
    assert password == made["POSTGRES_PASSWORD"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting_or_one_that_a_file_reads(name: str) -> None:
    settings_of(SERVICES[name])
    read = "".join(path.read_text() for path in (ROOT / "deploy").rglob("*.xml"))
    others = {key for key in SERVICES[name]["environment"] if not key.startswith("GUILDHALL_")}
    assert all(f"${{env.{key}" in read for key in others)


@pytest.mark.parametrize("name", OURS)
def test_without_a_word_in_the_env_file_settings_are_as_natively(name: str) -> None:
    given, default = asdict(settings_of(SERVICES[name])), asdict(FULL)
    differing = {key for key in given if given[key] != default[key]}
    assert {key for key in differing if not key.endswith("_host")} <= _OTHER
    assert given["profile"] == "full"
    assert given["var_dir"] == VAR


def test_every_address_is_the_service_that_listens_there() -> None:
    listening = {host: name for name in PARTS for _port, host in PORT_SETTINGS[name]}
    for name in OURS:
        found = asdict(settings_of(SERVICES[name]))
        expected = dict(listening)
        if name == "api":
            # The server takes numbers alone.
            expected["api_host"] = "0.0.0.0"  # noqa: S104 - inside of the container
        assert {key: value for key, value in found.items() if key.endswith("_host")} == expected


def test_only_the_api_and_prestos_console_are_published_and_only_to_this_machine() -> None:
    published = {name: found["ports"] for name, found in SERVICES.items() if "ports" in found}
    assert published == {
        "api": [f"127.0.0.1:{FULL.api_port}:{FULL.api_port}"],
        "presto": [f"127.0.0.1:{FULL.presto_port}:{FULL.presto_port}"],
    }
    assert not any("network_mode" in found for found in SERVICES.values())


def test_every_service_starts_after_what_the_native_runner_starts_before_it() -> None:
    wave_of = {name: n for n, wave in enumerate(START_WAVES["full"]) for name in wave}
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            done = "service_completed_successfully" if needed in ONCE else "service_healthy"
            assert how == {"condition": done}
            if name in PARTS and needed in PARTS and (name, needed) != ("datanode", "namenode"):
                assert wave_of[needed] < wave_of[name], f"{name} waits for {needed}"


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("relay", {"redis", "kafka"}),
        ("api", {"redis", "relay"}),
        ("metastore", {"postgres", "namenode", "datanode"}),
        ("presto", {"metastore", "datanode"}),
        ("streaming_trade", {"kafka", "metastore", "datanode"}),
        ("streaming_player_state", {"kafka", "metastore", "datanode"}),
        ("views", {"presto", "streaming_trade", "streaming_player_state"}),
    ],
)
def test_a_service_waits_for_all_that_it_needs(name: str, needs: set[str]) -> None:
    assert waited_for(name) >= needs


def waited_for(name: str) -> set[str]:
    """Return what is ready before a service starts."""
    direct = set(SERVICES[name].get("depends_on", {}))
    return direct.union(*(waited_for(each) for each in direct))


def mounts(name: str) -> dict[str, str]:
    """Return what is mounted into a service, by its place there; `./` is left out of files."""
    pairs_of = (volume.split(":")[:2] for volume in SERVICES[name].get("volumes", []))
    return {target: source.removeprefix("./") for source, target in pairs_of}


def test_mounted_files_are_there_and_lie_where_the_program_looks_for_them() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            if not volume.startswith("."):
                continue
            source, target, mode = volume.split(":")
            assert (ROOT / source).exists(), volume
            assert mode == "ro"
            where = "/etc/guildhall/" if name in FOREIGN else f"{IMAGE_ROOT}/"
            within = Path(source).name if name in FOREIGN else source.removeprefix("./")
            assert target == f"{where}{within}"


def test_every_folder_of_configuration_that_a_part_names_is_mounted(
    native: Mapping[str, Process],
) -> None:
    for name in PARTS:
        named = set(re.findall(rf"{ROOT}/(deploy/\w+)", " ".join(native[name].command)))
        mounted = {"/".join(source.split("/")[:2]) for source in mounts(name).values()}
        assert named <= mounted, name
    everywhere = {
        source.split("/")[1]
        for name in PARTS
        for source in mounts(name).values()
        if source.startswith("deploy/")
    }
    natively_only = {"jars", "supervisor"}
    assert everywhere == {path.name for path in (ROOT / "deploy").iterdir()} - natively_only


def pairs(options: list[str]) -> dict[str, str]:
    """Return options that each take one value."""
    return dict(zip(options[::2], options[1::2], strict=True))


def settings_in(command: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Return the settings that follow `-c` in a command."""
    return dict(text.split("=", 1) for before, text in pairwise(command) if before == "-c")
