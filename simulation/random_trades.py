"""Random trades between players that are there already: read over HTTP, traded, read back."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

import click
from rich.console import Console

from simulation.books import Books, Holding
from simulation.plan import PLAYER_TRADES, PLAYERS_MIN, Newcomer, Plan
from simulation.progress import ConsoleProgress
from simulation.run import Progress, Simulation
from simulation.session import connected
from simulation.summary import Summary
from simulation.telling import told
from simulation.transport import Transport
from simulation.wire import PlayerAnswer, creation, look_up, player_of
from simulation.world import World, load_world
from src.cli.errors import CheckFailed
from src.cli.output import Output, json_option
from src.config import load_settings
from src.inventory_generation.starter import draw_class
from src.inventory_generation.usernames import draw_username
from src.stack.layout import ROOT

_NOT_FOUND = 404


class RandomTrades(Plan):
    """A plan of trades, one a request, between players as they were found."""

    habits = PLAYER_TRADES

    def __init__(
        self, seed: int, actions: int, known: Sequence[PlayerAnswer], world: World
    ) -> None:
        """Plan `actions` trades between `known` players.

        Raises:
            ValueError: fewer than two players, or fewer than no trades.
        """
        super().__init__(seed, len(known), actions, world)
        self._known = known
        self.newcomers = tuple(
            Newcomer(each.username, world.classes[each.player_class]) for each in known
        )

    def open_books(self) -> Books:
        """Return the books of the players as they were found."""
        return Books.of(
            Holding(
                gold=each.gold,
                items={stack.item_id: stack.quantity for stack in each.inventory.items},
                capacity=each.inventory.max_capacity,
                guild=each.guild,
            )
            for each in self._known
        )


class Roster:
    """Finds the players of a realm by their ids, from 1 on, and creates those that lack."""

    def __init__(self, transport: Transport, seed: int, run_id: str, world: World) -> None:
        """Look through `transport`; `run_id` begins the keys, `seed` draws who is created."""
        self._transport = transport
        self._run_id = run_id
        self._world = world
        self._random = Random(f"{seed}/roster")

    def gather(self, players: int, workers: int, progress: Progress) -> list[PlayerAnswer]:
        """Return that many players by rising id.

        Raises:
            Unreachable: a request found no answer.
            UnreadableAnswer: the API answered something that it does not promise.
        """
        with ThreadPoolExecutor(workers, thread_name_prefix="roster") as pool:
            progress.begin("reading players", players)
            found = []
            for answer in pool.map(self._read, range(1, players + 1)):
                found += [answer] if answer is not None else []
                progress.advance(1)
            lacking = [
                (
                    f"{self._run_id}-player-{number}",
                    draw_username(self._world.names, self._random),
                    draw_class(self._world.classes, self._random).name,
                )
                for number in range(players - len(found))
            ]
            if lacking:
                progress.begin("creating players", len(lacking))
            for answer in pool.map(self._create, lacking):
                found.append(answer)
                progress.advance(1)
        return sorted(found, key=lambda each: each.player_id)

    def _read(self, player_id: int) -> PlayerAnswer | None:
        reply = self._transport.send(look_up(player_id))
        return None if reply.status == _NOT_FOUND else player_of(reply.status, reply.body)

    def _create(self, newcomer: tuple[str, str, str]) -> PlayerAnswer:
        key, username, player_class = newcomer
        reply = self._transport.send(creation(username, player_class), key)
        return player_of(reply.status, reply.body)


@click.command(context_settings={"show_default": True})
@click.option(
    "--players",
    default=1_000,
    type=click.IntRange(min=PLAYERS_MIN),
    help="How many trade, by their ids from 1; those that lack are created.",
)
@click.option("--trades", default=10_000, type=click.IntRange(min=0))
@click.option("--seed", default=1, help="The same seed, and players, ask for the same trades.")
@click.option("--concurrency", default=8, type=click.IntRange(1, 64), help="Requests at once.")
@json_option
def trade_simulation(
    *, players: int, trades: int, seed: int, concurrency: int, as_json: bool
) -> None:
    """Ask for random trades between random players of a running realm.

    The address is that of the stack's settings (GUILDHALL_API_PORT and so on). A token is taken
    from GUILDHALL_TOKEN, or made with ./guildhall token. Exits with 1 when what the server did
    differs from the books, also because somebody else traded with these players meanwhile; with
    3 when the API does not answer.
    """
    url, run_id = load_settings().api_url, f"trades-{uuid.uuid4().hex[:12]}"
    console = Console(stderr=True, highlight=False)
    with (
        connected(url, _token, concurrency) as transport,
        ConsoleProgress(console) as progress,
    ):
        world = load_world()
        roster = Roster(transport, seed, run_id, world)
        known = roster.gather(players, concurrency, progress)
        run = Simulation(
            transport,
            RandomTrades(seed, trades, known, world),
            run_id=run_id,
            workers=concurrency,
            progress=progress,
            known=known,
        )
        summary = run.play()
    _tell(summary, as_json=as_json)


def _tell(summary: Summary, *, as_json: bool) -> None:
    Output(as_json=as_json).answer(summary, lambda: told(summary))
    if summary.difference_count:
        raise CheckFailed(
            f"The server differs from the books in {summary.difference_count:,} places.",
            cause="\n".join(summary.differences[:10]),
            remedy="./guildhall reconcile, which knows of all who traded",
        )


def _token() -> str:
    """Return the token of the environment, or have the operator's command make one."""
    given = os.environ.get("GUILDHALL_TOKEN")
    if given:
        return given
    made = subprocess.run(
        [sys.executable, "-P", "-m", "src.cli", "token", "game"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise CheckFailed("No token could be made.", cause=made.stderr.strip())
    return made.stdout.strip()
