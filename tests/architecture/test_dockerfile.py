"""The Dockerfile builds what the launcher sets up; all that it names is there."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from src.stack.layout import ROOT
from tests.support.compose import FOREIGN, IMAGE_ROOT, services, settings_of
from tests.support.sources import project_files

LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text()).splitlines()
LAUNCHER = (ROOT / "guildhall").read_text()


def arguments(instruction: str) -> list[list[str]]:
    """Return the words behind each such instruction."""
    return [line.split()[1:] for line in LINES if line.startswith(f"{instruction} ")]


def copied() -> list[str]:
    """Return what is copied from the repository."""
    return [words[0] for words in arguments("COPY") if not words[0].startswith("--")]


def variables() -> dict[str, str]:
    """Return what the image sets."""
    return dict(word.split("=", 1) for words in arguments("ENV") for word in words)


def test_the_linter_has_nothing_to_say() -> None:
    linter = Path(sys.executable).parent / "hadolint"
    ended = subprocess.run(
        [str(linter), "Dockerfile"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_image_that_is_built_on_is_pinned_or_built_here() -> None:
    built = {words[2] for words in arguments("FROM") if len(words) > 1}
    outside = {words[0] for words in arguments("FROM")} - built
    assert outside
    assert all(re.fullmatch(r"[a-z/-]+:\d+\.\d+\.\d+-slim-bookworm", image) for image in outside)


def test_python_and_java_are_versions_that_the_launcher_takes() -> None:
    (python,) = {words[0] for words in arguments("FROM") if words[0].startswith("python:")}
    version = re.findall(r"\d+", python)[:2]
    assert tuple(map(int, version)) in {(3, 11), (3, 12)}
    assert f"/python{'.'.join(version)}/" in "".join(LINES)
    (java,) = set(re.findall(r"openjdk-[\w-]+", "".join(LINES)))
    assert java in LAUNCHER


def test_what_is_copied_is_there_and_is_let_into_the_build() -> None:
    ignored = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert ignored[0] == "*"
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    for source in copied():
        assert (ROOT / source).exists(), source
        assert any(Path(source).is_relative_to(each) for each in let_in), source
    for each in let_in:
        is_used = [Path(each) == Path(s) or Path(s).is_relative_to(each) for s in copied()]
        assert any(is_used), f"{each} is let in and not copied"


def test_all_that_the_program_reads_is_in_the_image() -> None:
    folders = {path.parts[0] for path in project_files() if len(path.parts) > 1}
    not_run = {".ci", "benchmarks", "docs", "requirements", "tests"}
    assert {Path(source).parts[0] for source in copied()} - {"app.py"} == folders - not_run | {
        "requirements"
    }


def test_packages_come_from_the_lock_by_their_hashes() -> None:
    (install,) = (line for line in LINES if " pip install " in line)
    assert "--require-hashes" in install
    assert "--requirement requirements/runtime.txt" in install


def test_jars_come_by_coordinates_as_the_launcher_fetches_them_and_are_all_checked() -> None:
    (fetch,) = (line for line in LINES if "-ivy deploy/jars/ivy.xml" in line)
    ivy = ET.parse(ROOT / "deploy/jars/ivy.xml")  # noqa: S314 - our own file
    wanted = [conf.attrib["name"] for conf in ivy.iter("conf")]
    named = re.search(r"-confs ([\w -]+?)-retrieve", fetch)
    assert named is not None
    assert sorted(named.group(1).split()) == sorted(wanted)
    (pattern,) = set(re.findall(r"\[conf\]/\S+\[ext\]", LAUNCHER))
    assert f"'.venv/jars/{pattern}'" in fetch
    lists = sorted(path.name for path in (ROOT / "deploy/jars").glob("SHA256SUMS*"))
    assert sorted(set(re.findall(r"SHA256SUMS[.\w]*", fetch))) == lists
    checked = {
        line.split()[1].split("/")[0]
        for name in lists
        for line in (ROOT / "deploy/jars" / name).read_text().splitlines()
    }
    assert checked == set(wanted)


def test_the_last_stage_is_run_by_a_user_who_is_not_root() -> None:
    (user,) = arguments("USER")
    numbers = user[0].split(":")
    assert all(int(number) >= 10_000 for number in numbers)
    last_stage = max(n for n, line in enumerate(LINES) if line.startswith("FROM "))
    assert LINES.index(f"USER {user[0]}") > last_stage
    (made,) = (line for line in LINES if "useradd" in line)
    assert f"--uid {numbers[0]} " in made


def test_the_image_and_the_compose_file_agree_on_where_things_lie() -> None:
    var = variables()["GUILDHALL_VAR_DIR"]
    assert [words[0] for words in arguments("WORKDIR")] == [IMAGE_ROOT]
    assert variables()["PYTHONPATH"] == IMAGE_ROOT
    assert variables()["PATH"].startswith(f"{IMAGE_ROOT}/.venv/bin:")
    # Its owner passes on to a volume that is mounted there for the first time.
    assert f"--home-dir {var} --create-home" in "".join(LINES)
    ours = [service for name, service in services().items() if name not in FOREIGN]
    assert {settings_of(service).var_dir for service in ours} == {var}


@pytest.mark.parametrize("name", [name for name in services() if name not in FOREIGN])
def test_every_command_is_a_module_that_is_there(name: str) -> None:
    service = services()[name]
    (entry,) = (line for line in LINES if line.startswith("ENTRYPOINT "))
    assert entry == 'ENTRYPOINT ["python", "-P", "-m"]'
    words = [*service.get("entrypoint", ["python", "-P", "-m"]), *service["command"]]
    assert importlib.util.find_spec(words[3]) is not None
    check = service.get("healthcheck", {}).get("test", ["CMD", "python", "-P", "-m", words[3]])
    assert importlib.util.find_spec(check[4]) is not None


def test_no_file_of_secrets_is_in_the_repository() -> None:
    assert Path(".env.example") in project_files()
    assert Path(".env") not in project_files()
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
