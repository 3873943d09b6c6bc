"""The plan of a simulation: who is created and what is asked for, a pure function of the seed.

A plan is cut into rounds and a round into lanes. The lanes of a round share no player, and the
next round begins when all are done, with the players dealt out anew. So each player's trades
happen in one order, the planned one, however many workers play: the same seed gives the same
outcome of each action and the same last state of each player. What differs from run to run is
what the server names and times (player ids, trade ids, seq) and how trades of different players
interleave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from msgspec import Struct

from simulation.actions import SETTLED, Action, Step
from simulation.books import Books
from simulation.moves import (
    Moment,
    Move,
    barter,
    buy_from_the_shop,
    join_a_guild,
    leave_the_guild,
    present,
    sell_to_a_player,
    sell_to_the_shop,
)
from simulation.refused_moves import (
    buy_too_dear,
    join_while_a_member,
    leave_a_foreign_guild,
    offer_missing_items,
    offer_too_much_gold,
    overfill,
    trade_with_oneself,
)
from simulation.world import World
from src.inventory_generation.player_classes import PlayerClass
from src.inventory_generation.starter import draw_class
from src.inventory_generation.usernames import draw_username

#: Player trades, by how often each is tried; a try that the books do not allow is drawn again.
_PLAYER_TRADES: Mapping[Move, int] = {
    sell_to_a_player: 440,
    barter: 220,
    present: 30,
    offer_too_much_gold: 15,
    offer_missing_items: 15,
    overfill: 12,
    trade_with_oneself: 6,
}
_MOVES: Mapping[Move, int] = {
    **_PLAYER_TRADES,
    buy_from_the_shop: 140,
    sell_to_the_shop: 50,
    join_a_guild: 50,
    leave_the_guild: 15,
    buy_too_dear: 12,
    join_while_a_member: 5,
    leave_a_foreign_guild: 3,
}
#: A realm can be so poor that most moves fail; after this many tries a player trades with itself.
_TRIES_MAX = 100

#: One step in this many is a batch, of 2 to _BATCH_MAX player trades.
_BATCH_ONE_IN = 40
_BATCH_MAX = 20

#: A lane of this plan: trades and batches, never a race.
Steps = tuple[Step, ...]

#: Lanes of a round: enough for as many workers as help one API; fewer when players are few.
_LANES_MAX = 16
#: Actions of a lane in one round, at least. Fewer: workers wait for each other more often.
_LANE_ACTIONS_MIN = 40

#: A trade needs two.
PLAYERS_MIN = 2


class Newcomer(Struct, frozen=True):
    """A player to create."""

    username: str
    player_class: PlayerClass


class Habits(Struct, frozen=True):
    """What players try and how often: alone, and in batches, one step in so many (0 for none)."""

    moves: Mapping[Move, int]
    batch_moves: Mapping[Move, int]
    batch_one_in: int


#: A market: trades of players, the shop, guilds, and batches of trades.
MARKET = Habits(_MOVES, _PLAYER_TRADES, _BATCH_ONE_IN)
#: Trades between two players, one a request.
PLAYER_TRADES = Habits(_PLAYER_TRADES, _PLAYER_TRADES, 0)


class Plan:
    """Who is created, and what they ask for. Iterating twice gives the same twice."""

    habits = MARKET
    switches: tuple[str, ...] = ()

    def __init__(self, seed: int, players: int, actions: int, world: World) -> None:
        """Plan `actions` trades of `players` players.

        Raises:
            ValueError: fewer than two players, or fewer than no actions.
        """
        if players < PLAYERS_MIN or actions < 0:
            raise ValueError(f"a simulation needs {PLAYERS_MIN} players or more, to trade")
        self.seed = seed
        self.actions = actions
        self.world = world
        # Drawn from streams of their own, so that more trades do not make other players.
        drawn = Random(f"{seed}/players")
        self.newcomers = tuple(
            Newcomer(draw_username(world.names, drawn), draw_class(world.classes, drawn))
            for _ in range(players)
        )

    def rounds(self) -> Iterator[tuple[Steps, ...]]:
        """Plan round after round; only the current one is held in memory."""
        planner = _Planner(self)
        while planner.left:
            yield planner.next_round()

    def open_books(self) -> Books:
        """Return the books of the players before their first action."""
        return Books(newcomer.player_class for newcomer in self.newcomers)


class _Planner:
    """Draws a plan's actions, and keeps the books that each next one is decided on."""

    def __init__(self, plan: Plan) -> None:
        self._random = Random(f"{plan.seed}/actions")
        self._world = plan.world
        self._habits = plan.habits
        self._books = plan.open_books()
        self._number = 0
        self.left = plan.actions
        count = len(plan.newcomers)
        self._order = list(range(count))
        self._lanes = min(_LANES_MAX, count // PLAYERS_MIN)
        self._lane_actions = max(_LANE_ACTIONS_MIN, count // self._lanes)

    def next_round(self) -> tuple[Steps, ...]:
        """Deal the players out to lanes and plan each lane."""
        self._random.shuffle(self._order)
        dealt = [self._order[lane :: self._lanes] for lane in range(self._lanes)]
        return tuple(lane for lane in map(self._lane, dealt) if lane)

    def _lane(self, players: Sequence[int]) -> Steps:
        steps: list[Step] = []
        planned = 0
        while self.left and planned < self._lane_actions:
            size, habits = 1, self._habits
            if habits.batch_one_in and self._random.randrange(habits.batch_one_in) == 0:
                size = min(self._random.randint(2, _BATCH_MAX), self.left)
            moves = habits.moves if size == 1 else habits.batch_moves
            steps.append(tuple(self._action(players, moves) for _ in range(size)))
            planned += size
        return tuple(steps)

    def _action(self, players: Sequence[int], moves: Mapping[Move, int]) -> Action:
        now = Moment(
            number=self._number,
            random=self._random,
            world=self._world,
            books=self._books,
            players=players,
        )
        action = self._draw(now, moves) or trade_with_oneself(now)
        if action.expects == SETTLED:
            self._books.post(action)
        self._number += 1
        self.left -= 1
        return action

    def _draw(self, now: Moment, moves: Mapping[Move, int]) -> Action | None:
        for _ in range(_TRIES_MAX):
            move = self._random.choices(list(moves), weights=list(moves.values()))[0]
            if (action := move(now)) is not None:
                return action
        return None
