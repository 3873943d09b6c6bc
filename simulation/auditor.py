"""The auditor: knows from the answers alone what every player must own, and says what differs.

Its books hold what was acknowledged, not what was planned: if the server refuses what should
have settled, that is one difference, and the books follow the server from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from simulation.actions import SETTLED, Action, Race, Step
from simulation.books import Books
from simulation.plan import Newcomer
from simulation.wire import Glance, Outcome, PlayerAnswer, Settled

#: Differences that are kept as text; the rest is counted. One fault can show in thousands.
_TOLD_MAX = 50


class Auditor:
    """Checks every answer of one run. Threads may report at once, for different players."""

    def __init__(self, newcomers: Sequence[Newcomer], books: Books) -> None:
        """Begin with players that are about to be created, and their books at that moment."""
        self._newcomers = newcomers
        self._books = books
        self._versions = [0] * len(newcomers)
        self._ids: list[int] = [0] * len(newcomers)
        self._trade_ids: set[str] = set()
        self._lock = Lock()
        self.differences: list[str] = []
        self.difference_count = 0

    @property
    def ids(self) -> Sequence[int]:
        """The player ids that the server gave, by place in the plan; 0 before that."""
        return self._ids

    @property
    def trade_count(self) -> int:
        """How many decided trades were acknowledged, settled or refused."""
        return len(self._trade_ids)

    def created(self, player: int, answer: PlayerAnswer) -> None:
        """Check a player that was just created."""
        newcomer = self._newcomers[player]
        self._ids[player] = answer.player_id
        self._versions[player] = 1
        told = (answer.username, answer.player_class)
        wanted = (newcomer.username, newcomer.player_class.name)
        if told != wanted:
            self._differ(f"player {answer.player_id} was created as {told}, not as {wanted}")
        self.read_back(player, answer)

    def met(self, player: int, answer: PlayerAnswer) -> None:
        """Take a player that was there before the run; its books were opened as it is told."""
        self._ids[player] = answer.player_id
        self._versions[player] = answer.version

    def heard(self, step: Step, outcomes: Sequence[Outcome]) -> None:
        """Check and book what became of each action of a step, in order."""
        raised: set[int] = set()
        for action, outcome in zip(step, outcomes, strict=True):
            self._note_trade_id(action, outcome)
            self._check_end(action, outcome, action.expects)
            if isinstance(outcome, Settled):
                self._book(action, outcome)
                self._check_glances(action, outcome.players, raised)

    def raced(self, race: Race, outcomes: Sequence[Outcome]) -> None:
        """Check and book what became of a race: one settled, whichever, and all others lost."""
        ended = list(zip(race.actions, outcomes, strict=True))
        first = race.actions[0].number
        if race.loser_reason is None:
            if len({outcome.trade_id for outcome in outcomes}) > 1:
                self._differ(f"action {first} was sent several times and became several trades")
            ended = ended[:1]
        won = [end for end in ended if isinstance(end[1], Settled)]
        if len(won) != 1:
            self._differ(f"the race from action {first} settled {len(won)} times")
        for action, outcome in ended:
            self._note_trade_id(action, outcome)
            if isinstance(outcome, Settled):
                self._books.post(action)
                self._check_glances(action, outcome.players, set())
            else:
                self._check_end(action, outcome, race.loser_reason or SETTLED)

    def read_back(self, player: int, answer: PlayerAnswer) -> None:
        """Compare a player as the server has it with the books."""
        holding = self._books.holdings[player]
        inventory = answer.inventory
        stacks = [(stack.item_id, stack.quantity) for stack in inventory.items]
        for what, told, booked in (
            ("id", answer.player_id, self._ids[player]),
            ("version", answer.version, self._versions[player]),
            ("gold", answer.gold, holding.gold),
            ("guild", answer.guild, holding.guild),
            ("inventory", stacks, sorted(holding.items.items())),
            ("capacity", inventory.max_capacity, holding.capacity),
            ("used capacity", inventory.used_capacity, sum(holding.items.values())),
            ("free capacity", inventory.free_capacity, holding.free),
        ):
            if told != booked:
                self._differ(f"player {answer.player_id}: {what} is {told}, the books say {booked}")

    def _check_end(self, action: Action, outcome: Outcome, expects: str) -> None:
        told = SETTLED if isinstance(outcome, Settled) else outcome.reason
        if told != expects:
            detail = "" if isinstance(outcome, Settled) else f": {outcome.detail}"
            self._differ(
                f"action {action.number} ({action.kind}) ended as {told}, not as {expects}{detail}"
            )

    def _book(self, action: Action, outcome: Settled) -> None:
        if action.kind != "battle":
            self._books.post(action)
            return
        if outcome.outcome is None:
            self._differ(f"action {action.number} was a battle without an outcome")
        self._books.post_battle(action, is_won=outcome.outcome == "won")

    def _check_glances(self, action: Action, told: Sequence[Glance], raised: set[int]) -> None:
        """Check versions and gold; `raised` holds players whose version this request raised."""
        glances = {glance.player_id: glance for glance in told}
        wanted = {self._ids[player]: player for player in action.players}
        if glances.keys() != wanted.keys():
            self._differ(f"action {action.number} tells of {sorted(glances)}, not {sorted(wanted)}")
        for player_id in glances.keys() & wanted.keys():
            player, glance = wanted[player_id], glances[player_id]
            before = self._versions[player]
            # The trades of a batch may share a commit, and a commit raises a version once.
            allowed = {before, before + 1} if player in raised else {before + 1}
            if glance.version not in allowed:
                self._differ(f"player {player_id}: version {glance.version} follows {before}")
            self._versions[player] = glance.version
            raised.add(player)
            booked = self._books.holdings[player].gold
            if glance.gold != booked:
                self._differ(
                    f"player {player_id}: action {action.number} left {glance.gold} gold, "
                    f"the books say {booked}"
                )

    def _note_trade_id(self, action: Action, outcome: Outcome) -> None:
        if outcome.trade_id is None:
            self._differ(f"action {action.number} was decided without a trade_id")
            return
        with self._lock:
            before = len(self._trade_ids)
            self._trade_ids.add(outcome.trade_id)
            is_new = len(self._trade_ids) > before
        if not is_new:
            self._differ(f"action {action.number} was told the old trade_id {outcome.trade_id}")

    def _differ(self, difference: str) -> None:
        with self._lock:
            self.difference_count += 1
            if len(self.differences) < _TOLD_MAX:
                self.differences.append(difference)
