"""The guides name metrics, fields, modules, classes and files that there are."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from src.api.metrics import count_request, exposition
from src.bootstrap import build_store
from src.config import PREFIX, Settings
from src.event_log.topics import landing_group
from src.events.definitions import EVENTS
from src.stack.layout import ROOT
from src.stack.status import ProcessStatus, Status
from tests.support.compose import services

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
OPERATE = (ROOT / "docs" / "guides" / "operate.md").read_text()


def test_every_metric_of_the_guide_is_served_and_every_one_served_is_in_the_guide(
    settings: Settings,
) -> None:
    count_request("GET", "/healthz", "200", 0.001)
    store = build_store(settings)
    try:
        text = exposition(store).decode()
    finally:
        store.close()
    served = {
        re.sub("_(bucket|count|sum|created)$", "", sample.name)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("guildhall_")
    }
    # The counter's time of birth has its name without `_total`.
    served = {name for name in served if name != "guildhall_http_requests"}
    named = {name.removesuffix("_bucket") for name in re.findall(r"guildhall_[a-z_]+", OPERATE)}
    assert named == served


def test_every_field_of_status_is_in_the_guide() -> None:
    fields = {*Status.__struct_fields__, "state", "restarts"} - {"profile", "api"}
    assert set(ProcessStatus.__struct_fields__) >= {"state", "restarts"}
    words = set(re.findall(r"\w+", OPERATE))
    assert fields <= words


def test_the_consumer_groups_of_the_guide_are_those_that_landing_commits() -> None:
    named = set(re.findall(r"guildhall-landing-[\w]+", OPERATE))
    assert named == {landing_group(topic) for topic in EVENTS}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_what_a_guide_names_is_there(guide: Path) -> None:
    text = guide.read_text()
    for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", text):
        assert (guide.parent / target).exists(), target
    for path in re.findall(r"`((?:src|deploy|tests)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
    for module in re.findall(r"python -m ([a-z_.]+)", text):
        assert importlib.util.find_spec(module) is not None, module
    # The token that a client plays with is no setting of the stack.
    settings = {f"{PREFIX}{name.upper()}" for name in (*Settings.__struct_fields__, "token")}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", text)) <= settings


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_a_guide_calls_services_and_modules_of_the_compose_file(guide: Path) -> None:
    named = re.findall(r"docker compose (?:exec(?: -T)?|run --rm) (\w+)", guide.read_text())
    assert set(named) <= set(services())


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_a_link_to_a_place_within_a_page_finds_it(guide: Path) -> None:
    for target, place in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", guide.read_text()):
        page = (guide.parent / target if target else guide).read_text()
        headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
        places = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
        assert place in places, f"{target}#{place}"
