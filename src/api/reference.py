"""The reference page of the reasons, written from the words that the API can tell.

`python -m src.api.reference` writes it; a test fails when the page is not what this writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from src.api.errors import HEADERS_OF_REASON, OTHER_REASONS, STATUS_OF_REASON
from src.classes.errors import Reason

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "reasons.md"

_HEAD = """# Reasons

`reason` in a problem is one of these words; they do not change. Decide by the word, not by the
sentence. Written by `python -m src.api.reference`; change `src/classes/errors.py` or
`src/api/errors.py` instead of this page.

## Refusals

A trade that breaks several rules is refused by the first of this list. A refusal is recorded as a
`trade` event with this reason, and nothing moves. "Retry: later" means that the same request can
succeed once the players hold something else.

| reason | status | retry | sentence |
|---|---|---|---|
"""

_OTHERS = """
## All other answers

These record nothing. "Retry: yes" means that the same request, with the same Idempotency-Key, is
worth sending again after the seconds of `Retry-After`; after `store_unreachable` only the key makes
sure that what was done is not done twice.

| reason | status | retry | sentence |
|---|---|---|---|
"""


def reasons_page() -> str:
    """Return the reference page of the reasons, in the order of their precedence."""
    return _HEAD + "".join(_refusals()) + _OTHERS + "".join(_others())


def _refusals() -> Iterator[str]:
    for reason in Reason:
        retry = "later" if reason.can_retry else "no"
        yield f"| `{reason.word}` | {STATUS_OF_REASON[reason]} | {retry} | {reason.sentence} |\n"


def _others() -> Iterator[str]:
    for word, (status, sentence) in OTHER_REASONS.items():
        retry = "yes" if "Retry-After" in HEADERS_OF_REASON.get(word, {}) else "no"
        yield f"| `{word}` | {status} | {retry} | {sentence} |\n"


if __name__ == "__main__":
    PAGE.write_text(reasons_page())
