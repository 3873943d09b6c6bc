"""Why a use case could not be carried out, apart from the rules' own reasons."""

from __future__ import annotations

from typing import ClassVar


class Explained(Exception):
    """A fault with a stable word (`reason`) and a sentence for whoever asked (`detail`)."""

    reason: ClassVar[str]

    def __init__(self, detail: str) -> None:
        """Say what is wrong and what helps."""
        super().__init__(detail)
        self.detail = detail


class Busy(Explained):
    """Others changed the same players faster, as often as we tried. Nothing was written."""

    reason = "busy"


class NotAccepting(Explained):
    """The realm takes no change now: ask again in a moment."""


class StoreSilent(NotAccepting):
    """The store did not answer; whether the change was made is not known."""

    reason = "store_unreachable"


class OutboxIsFull(NotAccepting):
    """Too many events wait for the log. Nothing was written."""

    reason = "outbox_full"


class NotChecked(NotAccepting):
    """The store was restarted and is not checked against the log yet. Nothing was written."""

    reason = "unchecked"


class KeyReused(Explained):
    """The idempotency key was used before for another request."""

    reason = "idempotency_key_reused"


class Unwritable(Explained):
    """The request asks for an amount that no leg can carry."""

    reason = "amount_too_large"


class GuildExists(Explained):
    """A guild with this name was founded before, with another fee or region."""

    reason = "guild_exists"


class UnknownClass(Explained):
    """There is no player class with this name."""

    reason = "unknown_class"


class UnknownPlayer(Explained):
    """There is no player with this id."""

    reason = "unknown_player"


class UnknownGuild(Explained):
    """There is no guild with this name."""

    reason = "unknown_guild"


class UnknownQuestion(Explained):
    """There is no economy question with this name."""

    reason = "unknown_question"


class EconomyBusy(Explained):
    """As many as may ask the economy at once are asking."""

    reason = "economy_busy"


class EconomyUnavailable(Explained):
    """The economy cannot be asked now: no tables, or no engine that answers."""

    reason = "economy_unavailable"


class UnknownItem(Explained):
    """There is no item with this id."""

    reason = "unknown_item"
