"""What holds for all sources: imports point one way, everything public says what it is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from src.stack.layout import ROOT
from tests.support.sources import CODE, Function, functions_of, project_files, python_files

#: Places of one machine, and addresses of registries, which each machine has of its own.
_LOCAL = re.compile(
    rb"/(?:root|home/[a-z]+|Users/[A-Za-z]+|work)/"
    rb"|(?:pypi|pythonhosted|maven|repo1|artifactory|nexus|index)\.[a-z.]*(?:org|com|io|net)\b"
    rb"|--(?:extra-)?index-url|\blocalhost:(?:8081|3141)\b"
)
#: This very list.
_EXEMPT = {Path("tests/architecture/test_sources.py")}


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    ended = subprocess.run(
        [str(linter), "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout


def test_everything_public_says_what_it_is() -> None:
    missing = [name for path in python_files(*CODE) for name in undescribed(path)]
    assert not missing


def undescribed(path: Path) -> list[str]:
    """Return what is public in a file and has no docstring."""
    tree = ast.parse((ROOT / path).read_text())
    named: list[tuple[str, ast.Module | ast.ClassDef | Function]] = []
    named += [("the module", tree)] if tree.body else []
    named += [(node.name, node) for node in tree.body if isinstance(node, ast.ClassDef)]
    named += list(functions_of(path))
    return [
        f"{path}: {name}"
        for name, node in named
        if not re.search(r"(^|\.)[_<]", name) and not ast.get_docstring(node)
    ]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path}: {match.group().decode()}"
        for path in project_files()
        if path not in _EXEMPT
        for match in _LOCAL.finditer((ROOT / path).read_bytes())
    ]
    assert not found


def test_sql_and_lua_lie_in_files_of_their_own() -> None:
    statement = re.compile(
        r"\b(?:select\s.+\sfrom|insert\s+into|redis\.call)\b", re.IGNORECASE | re.DOTALL
    )
    found = [
        f"{path}:{node.lineno}"
        for path in python_files(*CODE)
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and statement.search(node.value)
        and "\n\n" not in node.value  # a docstring may speak of them
    ]
    assert not found


def test_types_are_worked_out_in_one_place() -> None:
    """`src/decoding.py` says why; nothing else may make a decoder of msgspec's, or do without."""
    found = [
        f"{path}:{node.lineno}"
        for path in python_files(*CODE)
        if path != Path("src/decoding.py")
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call) and works_a_type_out(node)
    ]
    assert not found


def works_a_type_out(call: ast.Call) -> bool:
    """Say whether a call is one of msgspec's that is given a type to decode to."""
    name = ast.unparse(call.func)
    is_typed = any(keyword.arg == "type" for keyword in call.keywords)
    last = name.rpartition(".")[2]
    is_decoding = last == "Decoder" or (last == "decode" and is_typed)
    return is_decoding or name in {"msgspec.convert", "convert"}
