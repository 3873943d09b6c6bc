"""What `./guildhall quarantine` prints for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.markup import escape

from src.cli.output import table
from src.quarantine.replays import Replay
from src.quarantine.ward import Listing, Shown


def listing_text(listing: Listing) -> Group:
    """Return a page of records, the counts first."""
    parts: list[RenderableType] = [
        table(
            ["topic", "reason", "records", "open"],
            [(each.topic, escape(each.reason), each.records, each.open) for each in listing.counts],
            title="in quarantine",
        )
    ]
    if listing.records:
        rows = [
            (
                each.place,
                f"{each.received_at:%Y-%m-%d %H:%M:%S}",
                escape(each.reason),
                escape(each.reason_now),
                _fate(each.replayed),
                escape((each.text or "")[:60]),
            )
            for each in listing.records
        ]
        columns = ["record", "received (UTC)", "reason", "now", "replayed", "begins"]
        parts += ["", table(columns, rows)]
    if listing.next_cursor:
        parts.append(f"\nmore: --cursor {listing.next_cursor}")
    return Group(*parts)


def shown_text(shown: Shown) -> Group:
    """Return one record, whole."""
    facts = {
        "record": shown.place,
        "received": f"{shown.received_at} UTC",
        "reason": shown.reason,
        "now": shown.reason_now,
        "replayed": _fate(shown.replayed),
    }
    lines = [f"{name:<9} {escape(value)}" for name, value in facts.items()]
    if shown.raw_base64 is None:
        body = "(it had no value)"
    elif shown.raw_text is None:
        body = f"(not UTF-8; base64: {shown.raw_base64})"
    else:
        body = shown.raw_text
    return Group(*lines, "", escape(body))


def replays_text(done: Sequence[Replay], long_ago: Sequence[Replay]) -> RenderableType:
    """Return what became of the records that were to be replayed."""
    if not done and not long_ago:
        return "Nothing is left to replay."
    rows: list[tuple[str | None, ...]] = [
        (each.place, each.outcome, each.replayed_as, escape(each.reason_now or "")) for each in done
    ]
    rows += [(each.place, "replayed before", each.replayed_as, "") for each in long_ago]
    return table(["record", "outcome", "went in as", "why it was kept"], rows)


def _fate(replay: Replay | None) -> str:
    match replay:
        case None:
            return "no"
        case Replay(outcome="kept"):
            return f"kept {replay.replayed_at:%Y-%m-%d %H:%M}"
        case _:
            return f"as {replay.replayed_as}"
