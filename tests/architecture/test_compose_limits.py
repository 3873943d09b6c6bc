"""docker-compose.yml gives away no secret, no privilege and no more memory than there is."""

from __future__ import annotations

import re
import tomllib

import pytest

from src.stack.layout import ROOT
from tests.support.compose import (
    FILE,
    FOREIGN,
    ONCE,
    TOOL,
    compose,
    mebibytes,
    services,
    settings_of,
    variables,
)

SERVICES = services()
OURS = [name for name in SERVICES if name not in FOREIGN]
ENV_EXAMPLE = (ROOT / ".env.example").read_text()

#: What all containers that stay may take together.
MEMORY_MIB_MAX = 8 * 1_024

#: A JVM's threads, buffers and its own structures, beside what its options limit.
_JVM_REST_MIB = 48

#: A landing job is a JVM, a driver in Python, and two Python workers.
_LANDING_PYTHON_MIB = 250

_OPTIONS = {
    "kafka": "src/event_log/broker.py",
    "namenode": "deploy/hadoop/jvm.options",
    "datanode": "deploy/hadoop/jvm.options",
    "metastore": "deploy/hive/jvm.options",
    "presto": "deploy/presto/jvm.config",
}


def test_no_secret_has_a_default() -> None:
    secret = re.compile("PASSWORD|SECRET|TOKEN|KEY")
    asked = [found for found in variables() if secret.search(found.name)]
    assert {found.name for found in asked} == {"METASTORE_DB_PASSWORD"}
    assert all(found.operator == ":?" for found in asked)
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            assert not secret.search(key) or value == "a-secret", f"{name}: {key}"


def test_the_example_of_an_env_file_names_every_variable_with_its_default() -> None:
    named = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", ENV_EXAMPLE, re.MULTILINE))
    wanted = {found.name: found.text if found.operator == ":-" else "" for found in variables()}
    assert named == wanted
    required = {found.name for found in variables() if found.operator == ":?"}
    assert set(re.findall(r"^([A-Z_]+)=$", ENV_EXAMPLE, re.MULTILINE)) == required


def test_a_variable_means_the_same_everywhere_and_a_setting_keeps_its_name() -> None:
    texts = {found.name: found.text for found in variables()}
    assert all(texts[found.name] == found.text for found in variables())
    for key, value in re.findall(r"^  (GUILDHALL_\w+): \$\{(\w+):", FILE.read_text(), re.MULTILINE):
        assert key == value


def test_a_variable_of_the_env_file_reaches_the_settings() -> None:
    moved = services({"GUILDHALL_REALM": "other", "GUILDHALL_REDIS_APPENDFSYNC": "everysec"})
    assert all(settings_of(moved[name]).realm == "other" for name in OURS)
    command = moved["redis"]["command"]
    assert command[command.index("--appendfsync") + 1] == "everysec"
    far = services({"PUBLISH_ADDRESS": "10.0.0.5", "API_PORT": "80"})
    assert far["api"]["ports"] == ["10.0.0.5:80:5000"]


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_a_foreign_image_is_pinned_to_a_version_and_a_system(name: str) -> None:
    assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-bookworm", SERVICES[name]["image"])


@pytest.mark.parametrize("name", OURS)
def test_our_image_carries_our_version_and_no_privilege(name: str) -> None:
    service = SERVICES[name]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert service["image"] == f"guildhall:{version}"
    assert service["build"] == "."
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    # Unset, so that the image's own user holds.
    assert service.keys().isdisjoint({"user", "privileged", "cap_add", "pid", "ipc", "devices"})


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert mebibytes(service["mem_limit"]) > 0
    assert "restart" in service


def test_containers_that_stay_fit_in_eight_gibibytes() -> None:
    staying = [name for name in SERVICES if name not in {*ONCE, TOOL}]
    assert sum(mebibytes(SERVICES[name]["mem_limit"]) for name in staying) <= MEMORY_MIB_MAX


def jvm_mib(text: str) -> int:
    """Return what the options of a JVM let it take, in MiB."""
    found = re.findall(r"-(?:Xmx|XX:MaxMetaspaceSize=|XX:ReservedCodeCacheSize=)(\d+)m", text)
    assert found
    return sum(int(number) for number in found)


@pytest.mark.parametrize("name", _OPTIONS)
def test_a_jvm_ends_at_its_own_limit_before_the_containers(name: str) -> None:
    options = (ROOT / _OPTIONS[name]).read_text()
    assert "-Xmx" in options
    assert jvm_mib(options) + _JVM_REST_MIB <= mebibytes(SERVICES[name]["mem_limit"])


@pytest.mark.parametrize("name", ["streaming_trade", "streaming_player_state"])
def test_a_landing_job_has_room_for_its_heap_and_for_python(name: str) -> None:
    heap = settings_of(SERVICES[name]).streaming_memory_mib
    options = (ROOT / "src/streaming/session.py").read_text()
    needed = heap + jvm_mib(options) + _JVM_REST_MIB + _LANDING_PYTHON_MIB
    assert needed <= mebibytes(SERVICES[name]["mem_limit"])


def test_redis_refuses_writes_before_the_container_is_full() -> None:
    command = SERVICES["redis"]["command"]
    most = mebibytes(command[command.index("--maxmemory") + 1].removesuffix("b"))
    assert most <= mebibytes(SERVICES["redis"]["mem_limit"]) * 2 // 3


def test_what_must_outlive_a_container_lies_in_a_volume_of_its_own() -> None:
    volumes = compose()["volumes"]
    used = {
        name: volume.split(":")[0]
        for name, service in SERVICES.items()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert set(used.values()) == set(volumes)
    assert {"redis", "kafka", "namenode", "datanode", "postgres"} <= used.keys()
    assert all(name == volume for name, volume in used.items())


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_can_write_where_the_program_does(name: str) -> None:
    service = SERVICES[name]
    places = {volume.split(":")[1] for volume in service.get("volumes", [])}
    places |= {each.split(":")[0] for each in service["tmpfs"]}
    var = settings_of(service).var_dir
    assert {var, "/tmp"} <= places  # noqa: S108 - the container's own
    # Native libraries are unpacked there and loaded.
    assert all("exec" in each.split(":")[1].split(",") for each in service["tmpfs"])
