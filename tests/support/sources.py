"""The project's own files, as the tests of its architecture look at them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from src.stack.layout import ROOT

#: Folders of Python that people read; tests are read too, but their length is their examples'.
CODE = ("app.py", "src", "simulation", "benchmarks")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file of the project that is tracked, or would be, relative to its folder."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = (Path(name) for name in listed.split("\0") if name)
    return tuple(sorted(path for path in found if (ROOT / path).is_file()))


def python_files(*folders: str) -> list[Path]:
    """Return the Python files in `folders`."""
    return [p for p in project_files() if p.suffix == ".py" and p.parts[0] in folders]


def functions_of(path: Path) -> Iterator[tuple[str, Function]]:
    """Iterate over the functions and methods of a file, by their names as in `__qualname__`."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield f"{prefix}{child.name}", child
                yield from walk(child, f"{prefix}{child.name}.<locals>.")
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, f"{prefix}{child.name}.")

    yield from walk(ast.parse((ROOT / path).read_text()), "")
