"""The pages of settings and commands say what the program knows."""

from __future__ import annotations

from src.cli.reference import commands_page, settings_page
from src.stack.layout import ROOT

_REMEDY = "run: .venv/bin/python -m src.cli.reference"


def test_the_page_of_settings_is_what_the_settings_say() -> None:
    assert (ROOT / "docs/reference/settings.md").read_text() == settings_page(), _REMEDY


def test_the_page_of_commands_is_what_their_help_says() -> None:
    assert (ROOT / "docs/reference/commands.md").read_text() == commands_page(), _REMEDY
