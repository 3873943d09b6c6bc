"""SQL files: a view or a question, with the description that its header gives."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

_COMMENT = "-- "


class SqlFile(Struct, frozen=True):
    """One statement. `description` is the first line of its header, without the comment mark."""

    name: str
    description: str
    sql: str


def read_sql_file(path: Path) -> SqlFile:
    """Read a file; its name without the suffix is the statement's.

    Raises:
        ValueError: the file does not begin with a comment.
    """
    sql = path.read_text(encoding="utf-8").strip()
    first_line = sql.partition("\n")[0]
    if not first_line.startswith(_COMMENT):
        raise ValueError(f"{path.name} does not begin with a comment that says what it answers")
    return SqlFile(path.stem, first_line.removeprefix(_COMMENT).strip(), sql)
