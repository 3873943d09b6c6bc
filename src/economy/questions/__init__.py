"""The questions: one .sql file each, one text for every engine.

A new question is a new file here, an example in `tests/unit/economy/`, and a line in
`docs/reference/questions.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType

from src.sql_files import SqlFile, read_sql_file


class UnknownQuestionError(LookupError):
    """No question has this name.

    Attributes:
        name: what was asked for.
        near: the names that look like it, nearest first.
    """

    def __init__(self, name: str) -> None:
        """Look for names near to `name`."""
        self.name = name
        self.near = tuple(get_close_matches(name, questions(), n=3, cutoff=0.5))
        super().__init__(f"there is no question {name!r}")


@cache
def questions() -> Mapping[str, SqlFile]:
    """Return every question by name, in alphabetical order."""
    folder = Path(__file__).parent
    return MappingProxyType({p.stem: read_sql_file(p) for p in sorted(folder.glob("*.sql"))})


def question(name: str) -> SqlFile:
    """Return the question with this name.

    Raises:
        UnknownQuestionError: there is none.
    """
    try:
        return questions()[name]
    except KeyError:
        raise UnknownQuestionError(name) from None
