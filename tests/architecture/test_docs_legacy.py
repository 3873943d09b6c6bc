"""The guide of old clients lists their routes, as they are served."""

from __future__ import annotations

import re

import pytest

from src.api.application import build_app
from src.config import Settings
from src.stack.layout import ROOT

GUIDE = (ROOT / "docs/guides/legacy-clients.md").read_text()


def test_every_legacy_route_has_a_line_and_every_line_a_route() -> None:
    app = build_app(Settings(legacy_routes="on"))
    served = {
        (method, str(rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith("legacy.")
    }
    lines = re.findall(r"^\| ([A-Z, ]+) \| `(/\w*)` \|", GUIDE, re.MULTILINE)
    assert {(method, path) for methods, path in lines for method in methods.split(", ")} == served


@pytest.mark.parametrize("value", ["auto", "on", "off", "everywhere"])
def test_every_way_of_serving_them_is_explained(value: str) -> None:
    assert f"| `{value}`" in GUIDE
