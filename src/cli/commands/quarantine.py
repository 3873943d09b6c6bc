"""`./guildhall quarantine`: the records that could not land, and their way back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from src.cli.output import Output, json_option

_ROWS = 50


@click.group()
def quarantine() -> None:
    """List, show and replay the records that could not land."""


@quarantine.command("list")
@click.option("--topic", help="Only of this topic.")
@click.option("--reason", help="Only of this reason; its first word will do.")
@click.option("--all", "with_replayed", is_flag=True, help="Those that were replayed, too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=_ROWS, show_default=True)
@click.option("--cursor", metavar="PLACE", help="Go on after this record.")
@json_option
def list_records(
    topic: str | None,
    reason: str | None,
    *,
    with_replayed: bool,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List the records, and count them by reason.

    A record's name is its topic, partition and offset, as `trade-0-17`. `reason` is why it could
    not land when it came, `now` what today's definition says: `fits` means that it can be replayed.
    """
    from src.cli.quarantine import opened, place_of  # noqa: PLC0415 - keeps --help quick
    from src.cli.quarantine_text import listing_text  # noqa: PLC0415 - as above
    from src.config import load_settings  # noqa: PLC0415 - as above

    with opened(load_settings()) as ward:
        listing = ward.listing(
            topic=topic,
            reason=reason,
            with_replayed=with_replayed,
            limit=limit,
            after=None if cursor is None else place_of(cursor),
        )
    Output(as_json=as_json).answer(listing, lambda: listing_text(listing))


@quarantine.command()
@click.argument("place")
@click.option("--raw", is_flag=True, help="Print the record itself and nothing else.")
@json_option
def show(place: str, *, raw: bool, as_json: bool) -> None:
    """Show one record: where and when it was read, why it could not land, and what it says.

    `show --raw PLACE > FILE` gives the record to mend; `replay --with FILE PLACE` takes it back.
    """
    from src.cli.quarantine import opened, place_of  # noqa: PLC0415 - as above
    from src.cli.quarantine_text import shown_text  # noqa: PLC0415 - as above
    from src.config import load_settings  # noqa: PLC0415 - as above

    if raw and as_json:
        raise click.UsageError("give one of --raw and --json")
    with opened(load_settings()) as ward:
        if raw:
            sys.stdout.buffer.write(ward.record(place_of(place)).raw_value or b"")
            return
        found = ward.shown(place_of(place))
    Output(as_json=as_json).answer(found, lambda: shown_text(found))


@quarantine.command()
@click.argument("places", nargs=-1, metavar="[PLACE]...")
@click.option("--all", "everything", is_flag=True, help="Every record that was not replayed.")
@click.option("--topic", help="Every record of this topic.")
@click.option("--reason", help="Every record of this reason; its first word will do.")
@click.option(
    "--with",
    "mended",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Let the one PLACE go in as FILE has it.",
)
@click.option("--no-wait", is_flag=True, help="Do not wait until they have landed.")
@json_option
def replay(
    places: tuple[str, ...],
    *,
    everything: bool,
    topic: str | None,
    reason: str | None,
    mended: Path | None,
    no_wait: bool,
    as_json: bool,
) -> None:
    """Replay records: those that are events by now go into the log again, and land once.

    What still is none is kept, with its reason of today. Each record goes in once, however often
    and by whomever it is replayed. Ends with 1 when one of the records was kept.
    """
    from src.cli.quarantine import Chosen, opened, place_of, replayed  # noqa: PLC0415 - as above
    from src.config import load_settings  # noqa: PLC0415 - as above

    if bool(places) + (everything or topic is not None or reason is not None) != 1:
        raise click.UsageError("give places, or --all, --topic or --reason")
    if mended is not None and len(places) != 1:
        raise click.UsageError("--with mends one record: give its place")
    chosen = Chosen(
        places=tuple(place_of(place) for place in places),
        topic=topic,
        reason=reason,
        mended=None if mended is None else mended.read_bytes(),
    )
    settings = load_settings()
    with opened(settings) as ward:
        replayed(settings, ward, chosen, Output(as_json=as_json), wait=not no_wait)
