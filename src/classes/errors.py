"""Why a trade is refused: one ordered list of reasons.

The order of `Reason` is the order of precedence: a trade that breaks several rules is refused
with the first. Only `src/api/errors.py` turns a reason into an HTTP status.
"""

from __future__ import annotations

from enum import Enum
from typing import Any


class Reason(Enum):
    """A stable word, whether the same request can succeed later by itself, and one sentence."""

    EMPTY_TRADE = ("empty_trade", False, "Neither side gives anything.")
    SELF_TRADE = ("self_trade", False, "A player cannot trade with itself.")
    UNKNOWN_PLAYER = ("unknown_player", False, "There is no player with this id.")
    UNKNOWN_ITEM = ("unknown_item", False, "The catalogue has no item with this id.")
    UNKNOWN_GUILD = ("unknown_guild", False, "There is no guild with this name.")
    UNKNOWN_ENEMY = ("unknown_enemy", False, "There is no enemy with this name.")
    ALREADY_IN_GUILD = ("already_in_guild", False, "The player is in a guild; it must leave first.")
    NOT_IN_GUILD = ("not_in_guild", False, "The player is not in this guild.")
    NOT_A_WEAPON = ("not_a_weapon", False, "A battle is not fought with an item of this kind.")
    CLAIM_DIFFERS = (
        "claim_differs",
        True,
        "A player does not hold what the request says it holds.",
    )
    INSUFFICIENT_GOLD = ("insufficient_gold", True, "A player gives more gold than it has.")
    MISSING_ITEMS = ("missing_items", True, "A player gives items that it does not have.")
    NO_SPACE = ("no_space", True, "A player would hold more units than its capacity.")
    AMOUNT_LIMIT = ("amount_limit", False, "A total would pass 9,007,199,254,740,991.")

    def __init__(self, word: str, can_retry: bool, sentence: str) -> None:  # noqa: FBT001 - an enum's row
        """Name one reason."""
        self.word = word
        self.can_retry = can_retry
        self.sentence = sentence

    def precedes(self, other: Reason) -> bool:
        """Say whether a trade that breaks both rules is refused for this one."""
        return _ORDER[self] < _ORDER[other]

    @classmethod
    def of(cls, word: str) -> Reason:
        """Return the reason with this word.

        Raises:
            KeyError: no reason has this word.
        """
        return _BY_WORD[word]


_BY_WORD = {reason.word: reason for reason in Reason}
_ORDER = {reason: place for place, reason in enumerate(Reason)}


class AmountTooLarge(ValueError):
    """An amount that was asked for passes the largest one, so that no leg can carry it."""


class RuleError(Exception):
    """A rule was broken; carries which, and the facts that show it.

    Attributes:
        reason: the rule.
        facts: who, what, has, needs: JSON values only.
    """

    def __init__(self, reason: Reason, **facts: Any) -> None:  # noqa: ANN401 - JSON values of any kind
        """Break `reason` with these facts."""
        super().__init__(reason.word)
        self.reason = reason
        self.facts = facts

    @property
    def detail(self) -> str:
        """The reason's sentence, then the facts."""
        told = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        return f"{self.reason.sentence} ({told})" if told else self.reason.sentence

    def told(self) -> RuleError:
        """Return this error as one to tell of, which was caught and will not be raised again.

        Its traceback goes: that would hold the frames of all callers, and with them their whole
        request, in a cycle that only the garbage collector ends.
        """
        return self.with_traceback(None)
