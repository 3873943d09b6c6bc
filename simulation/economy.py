"""The economy: agents that keep hours, in towns of their own, and rings of cheats among them.

A plan like that of `simulation/plan.py`, with the same promise: a pure function of the seed, cut
into rounds whose lanes share no player. Here a round is an hour of a simulated clock, and a lane
is a town: whoever is in a town in an hour meets only those who are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from simulation.actions import Lane, Round
from simulation.agents.agent import HOURS_A_DAY, Agent
from simulation.agents.turn import Town, Turn
from simulation.books import Books
from simulation.cast import draw_cast
from simulation.market import Market
from simulation.plan import Newcomer
from simulation.rings.ring import Ring
from simulation.scribe import Scribe
from simulation.world import World
from src.inventory_generation.usernames import draw_username


class Economy:
    """Who is created, and what they ask for. Iterating twice gives the same twice."""

    def __init__(
        self, seed: int, players: int, actions: int, world: World, *, cheats: bool = False
    ) -> None:
        """Plan `actions` trades of `players` agents, cheats among them if wanted.

        Raises:
            ValueError: too few players for an economy, or fewer than no actions.
        """
        if actions < 0:
            raise ValueError("an economy needs 0 trades or more")
        self.seed = seed
        self.switches = ("--agents", "--cheats") if cheats else ("--agents",)
        self.actions = actions
        self.world = world
        self.cast = draw_cast(seed, players, cheats=cheats)
        drawn = Random(f"{seed}/players")
        self.newcomers = tuple(
            Newcomer(draw_username(world.names, drawn), world.classes[member.player_class])
            for member in self.cast.members
        )

    def rounds(self) -> Iterator[Round]:
        """Plan hour after hour; only the current one is held in memory.

        Ends early when a whole day passes in which nobody does anything.
        """
        planner = _Planner(self)
        idle_hours = 0
        while planner.scribe.left and idle_hours < HOURS_A_DAY:
            lanes = planner.next_hour()
            idle_hours = 0 if lanes else idle_hours + 1
            yield lanes

    def open_books(self) -> Books:
        """Return the books of the players before their first action."""
        return Books(newcomer.player_class for newcomer in self.newcomers)


class _Planner:
    """Lets agents and rings act, hour by hour."""

    def __init__(self, plan: Economy) -> None:
        self._random = Random(f"{plan.seed}/economy")
        self._towns = plan.cast.towns
        self._market = Market(plan.seed, self._towns, plan.world)
        self._members = plan.cast.members
        self._agents: list[Agent | None] = [
            None if member.agent is None else member.agent(member.home) for member in self._members
        ]
        self._rings: list[tuple[int, Ring]] = [
            (self._members[ring.members[0]].home, ring.way(ring.name, ring.members))
            for ring in plan.cast.rings
        ]
        self._hour = 0
        self.scribe = Scribe(plan.world, plan.open_books(), plan.actions)

    def next_hour(self) -> Round:
        """Plan one hour in all towns, and return the lanes of those in which something happens."""
        crowds: list[list[int]] = [[] for _ in range(self._towns)]
        for place, member in enumerate(self._members):
            agent = self._agents[place]
            town = member.home if agent is None else agent.town_at(self._hour, self._towns)
            crowds[town].append(place)
        lanes = [self._town(town, crowd) for town, crowd in enumerate(crowds)]
        self._hour += 1
        return tuple(lane for lane in lanes if lane)

    def _town(self, number: int, crowd: list[int]) -> Lane:
        present: dict[str, list[int]] = {}
        for place in crowd:
            agent = self._agents[place]
            if agent is not None:
                present.setdefault(agent.role, []).append(place)
        town = Town(number, present)
        doings = [self._turn(place, town) for place in crowd if self._acts(self._agents[place])]
        doings += [
            self._meeting(ring)
            for home, ring in self._rings
            if home == number and self._acts(ring) and self.scribe.left
        ]
        self._random.shuffle(doings)
        for do in doings:
            do()
        return self.scribe.take_lane()

    def _acts(self, one: Agent | Ring | None) -> bool:
        return (
            one is not None
            and self._hour % HOURS_A_DAY in one.awake
            and self._random.randrange(100) < one.busy_percent
        )

    def _turn(self, place: int, town: Town) -> Callable[[], None]:
        agent = self._agents[place]
        turn = Turn(
            me=place,
            hour=self._hour,
            town=town,
            random=self._random,
            scribe=self.scribe,
            market=self._market,
        )
        return lambda: None if agent is None else agent.act(turn)

    def _meeting(self, ring: Ring) -> Callable[[], None]:
        def meet() -> None:
            if self.scribe.left >= ring.actions_max:
                ring.meet(self.scribe, self._random, self._hour)

        return meet
