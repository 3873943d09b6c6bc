"""`./guildhall reconcile`: proves that Redis, the tables and the fold of all legs agree."""

from __future__ import annotations

import click

from src.cli.output import Output, json_option


@click.command()
@json_option
def reconcile(*, as_json: bool) -> None:
    """Prove that Redis, the tables and the sum of all legs agree; list every difference.

    Waits until all that was committed has landed. Trading need not pause. Ends with 0 when
    everything agrees, 1 when it does not, 3 when Redis or the tables cannot be read.
    """
    from src.cli.books import balanced_books  # noqa: PLC0415 - keeps --help quick
    from src.config import load_settings  # noqa: PLC0415

    balanced_books(load_settings(), Output(as_json=as_json))
