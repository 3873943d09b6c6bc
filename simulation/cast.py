"""Who lives in the economy: each player's role, class and town, and the rings of cheats."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from random import Random

from msgspec import Struct

from simulation.agents.agent import Agent
from simulation.agents.collector import Collector
from simulation.agents.crafter import Crafter
from simulation.agents.fighter import Fighter
from simulation.agents.merchant import Merchant
from simulation.agents.producer import Producer
from simulation.agents.recruit import Recruit
from simulation.rings.circular_trading import CircularTrading
from simulation.rings.duplication import Duplication
from simulation.rings.gold_selling import GoldSelling
from simulation.rings.ring import Ring
from simulation.rings.wash_trading import WashTrading

AGENTS: tuple[type[Agent], ...] = (Producer, Crafter, Merchant, Collector, Recruit, Fighter)
RINGS: tuple[type[Ring], ...] = (GoldSelling, CircularTrading, WashTrading, Duplication)

#: How many of 100 players are in a ring, when there are cheats; one ring of each kind at least.
CHEATS_PERCENT = 6
#: Fewer players than these leave a role or a ring without anybody to deal with.
PLAYERS_MIN, PLAYERS_MIN_WITH_CHEATS = 20, 60

#: Towns are played side by side: as many as workers can help one API, fewer for few players.
_TOWNS_MAX = 16
_TOWN_PLAYERS = 25


class Member(Struct, frozen=True, kw_only=True):
    """A player's place in the world.

    `role` is its word in the labels; `agent` how it lives, None for one that only cheats; `ring`
    the name of its ring.
    """

    role: str
    player_class: str
    home: int
    agent: type[Agent] | None
    ring: str | None = None


class RingPlan(Struct, frozen=True):
    """A ring to gather: its way of cheating, its name, and its members' places, leader first."""

    way: type[Ring]
    name: str
    members: tuple[int, ...]


class Cast(Struct, frozen=True):
    """All players by place, the rings, and the number of towns."""

    members: tuple[Member, ...]
    rings: tuple[RingPlan, ...]
    towns: int


def draw_cast(seed: int, players: int, *, cheats: bool) -> Cast:
    """Draw who lives in the economy.

    Raises:
        ValueError: too few players for an economy.
    """
    least = PLAYERS_MIN_WITH_CHEATS if cheats else PLAYERS_MIN
    if players < least:
        with_cheats = " with cheats" if cheats else ""
        raise ValueError(f"an economy{with_cheats} needs {least} players or more")
    random = Random(f"{seed}/cast")
    towns = max(1, min(_TOWNS_MAX, players // _TOWN_PLAYERS))
    places = list(range(players))
    random.shuffle(places)
    members: dict[int, Member] = {}
    rings = _gather(places, members, towns, random) if cheats else ()
    for count, place in enumerate(places):
        agent = _agent_of(count, len(places))
        members[place] = Member(
            role=agent.role,
            player_class=random.choice(agent.classes),
            home=random.randrange(towns),
            agent=agent,
        )
    return Cast(tuple(members[place] for place in range(players)), rings, towns)


def _agent_of(count: int, honest: int) -> type[Agent]:
    """Return who the `count`-th of `honest` players is, so that all roles have their share."""
    point = 1_000 * count // honest
    for agent in AGENTS:
        if point < agent.share:
            return agent
        point -= agent.share
    return AGENTS[-1]


def _gather(
    places: list[int], members: dict[int, Member], towns: int, random: Random
) -> tuple[RingPlan, ...]:
    """Take the members of all rings out of `places`."""
    wanted = len(places) * CHEATS_PERCENT // 100
    rings: list[RingPlan] = []
    for number, way in enumerate(cycle(RINGS)):
        if number >= len(RINGS) and len(members) + len(way.parts) > wanted:
            return tuple(rings)
        name, home = f"{way.kind}-{number // len(RINGS)}", random.randrange(towns)
        taken: Sequence[int] = [places.pop() for _ in way.parts]
        for place, part in zip(taken, way.parts, strict=True):
            members[place] = Member(
                role=part.word,
                player_class=part.player_class,
                home=home,
                agent=part.cover,
                ring=name,
            )
        rings.append(RingPlan(way, name, tuple(taken)))
    raise AssertionError("a cycle does not end")
