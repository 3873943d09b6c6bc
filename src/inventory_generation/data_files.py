"""Reads the files of `data/` into typed values, or says which file is wrong, where and how."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from src.decoding import json_decoded

#: Where the files lie that come with Guildhall.
DATA = Path(__file__).resolve().parents[2] / "data"

T = TypeVar("T")


class DataError(ValueError):
    """A file of `data/` cannot be used; the text names the file and the fault."""

    def __init__(self, path: Path, fault: str) -> None:
        """Say what is wrong with `path`."""
        super().__init__(f"{path}: {fault}")
        self.path = path
        self.fault = fault


def read_data(path: Path, shape: type[T]) -> T:
    """Return the JSON of `path` as a value of `shape`.

    Raises:
        DataError: the file is not there, is not JSON, or does not have the shape.
    """
    try:
        return json_decoded(path.read_bytes(), shape)
    except OSError as error:
        raise DataError(path, f"cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise DataError(path, str(error)) from error


def refuse_doubles(path: Path, what: str, names: list[str]) -> None:
    """Check that no name occurs twice.

    Raises:
        DataError: one does.
    """
    for name in names:
        if names.count(name) > 1:
            raise DataError(path, f"two {what} are called {name!r}")
