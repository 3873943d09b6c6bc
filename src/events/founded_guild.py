"""A founded guild as the log keeps it: a record of a compacted topic, beside the events.

It is no event and has no `seq`: a guild never changes, so that its record may be written again at
any time. The key names realm and guild; the value is the guild as Redis holds it.
"""

from __future__ import annotations

from src.events.outbox_entry import Record

TOPIC_GUILD = "guild"


def guild_record(realm: str, name: bytes, guild: bytes) -> Record:
    """Return the record of a guild; `guild` is its JSON."""
    return Record(TOPIC_GUILD, b"%b %b" % (realm.encode(), name), guild, 0)


def guild_name(record: Record, realm: str) -> bytes | None:
    """Return the name of a record's guild, or None when it is another realm's."""
    # A realm has no space in its name; a guild may.
    of_realm, _, name = record.key.partition(b" ")
    return name if of_realm == realm.encode() else None
