"""Files and functions stay short: what is longer is listed here, and the lists may only shrink."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from src.stack.layout import ROOT
from tests.support.sources import CODE, Function, functions_of, python_files

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40

#: Longer files and how long they may be.
LONG_FILES: Mapping[str, int] = {}

#: Longer functions, as `file:name`, and how long they may be, without the docstring.
LONG_FUNCTIONS: Mapping[str, int] = {}


def lines_of(function: Function) -> int:
    """Return how many lines a function has, its decorators and docstring not counted."""
    first = function.body[0]
    described = 0
    if ast.get_docstring(function) is not None:
        described = (first.end_lineno or first.lineno) - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - described


def too_long(found: Mapping[str, int], most: int, allowed: Mapping[str, int]) -> list[str]:
    """Say what is longer than it may be, and what need not be listed as long any more."""
    grown = [
        f"{name} has {lines} lines: split it"
        for name, lines in found.items()
        if lines > allowed.get(name, most)
    ]
    shrunk = [
        f"{name} may have {limit} lines and has {found.get(name, 0)}: lower or remove its limit"
        for name, limit in allowed.items()
        if found.get(name, 0) <= most or found[name] < limit - limit // 10
    ]
    return grown + shrunk


def test_files_are_short() -> None:
    found = {str(path): len((ROOT / path).read_text().splitlines()) for path in python_files(*CODE)}
    assert not too_long(found, FILE_LINES_MAX, LONG_FILES)


def test_functions_are_short() -> None:
    found = {
        f"{path}:{name}": lines_of(function)
        for path in python_files(*CODE)
        for name, function in functions_of(path)
    }
    assert not too_long(found, FUNCTION_LINES_MAX, LONG_FUNCTIONS)


def test_a_listed_length_that_is_not_needed_any_more_is_told() -> None:
    assert too_long({"a": 350}, 300, {"a": 360}) == []
    assert too_long({"a": 361}, 300, {"a": 360}) == ["a has 361 lines: split it"]
    assert "remove" in too_long({"a": 300}, 300, {"a": 360})[0]
    assert "remove" in too_long({}, 300, {"a": 360})[0]
