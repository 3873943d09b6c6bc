"""The page of promises names tests that exist, at least one for each promise."""

from __future__ import annotations

import ast
import re

import pytest

from src.stack.layout import ROOT

_PAGE = (ROOT / "docs" / "concepts" / "guarantees.md").read_text()
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_PROMISED, _, _NOT_PROMISED = _PAGE.partition("## What is not promised")


@pytest.mark.parametrize(("path", "name"), sorted(set(_NAMED.findall(_PAGE))))
def test_a_test_that_holds_a_promise_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_promise_names_a_test() -> None:
    promises = re.split(r"(?m)^(?=\*\*)", _PROMISED)[1:]
    assert len(promises) > 10
    assert [each for each in promises if not _NAMED.search(each)] == []


def test_every_item_of_a_promise_is_a_test() -> None:
    items = [line for line in _PROMISED.splitlines() if line.startswith("- ")]
    assert [item for item in items if not _NAMED.fullmatch(item.removeprefix("- "))] == []
    assert _NOT_PROMISED.count("\n- ") > 5


def test_links_lead_somewhere() -> None:
    folder = ROOT / "docs" / "concepts"
    for target in re.findall(r"\]\(([^)#:]+)\)", _PAGE):
        assert (folder / target).exists(), target
