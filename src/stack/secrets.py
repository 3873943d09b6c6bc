"""Secrets of one stack: drawn at the first start, kept in `var/secrets`, readable by the owner."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from src.stack.layout import Layout

#: Bytes of a secret; in base64url they make 43 characters.
_BYTES = 32


def stack_secret(layout: Layout, name: str) -> str:
    """Return the secret of this name, drawing it when there is none.

    The variable of its name in capitals, as a container is given it, comes before what was drawn.
    """
    if given := os.environ.get(name.upper()):
        return given
    layout.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = layout.secrets / name
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(_BYTES))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    # Written whole under another name first: a start that is interrupted leaves no half secret.
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.rename(path)
