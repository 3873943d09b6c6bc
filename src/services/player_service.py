"""New players, and looking players up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from src.classes.inventory import Inventory
from src.classes.item import Catalogue
from src.classes.player import Player
from src.classes.shop import starter_grant
from src.classes.trade import settle
from src.services.answers import Asked, Told
from src.services.draft import Command, Decision
from src.services.errors import Busy, UnknownClass, UnknownPlayer
from src.services.ledger import Ledger
from src.services.orders import PlayerOrder
from src.services.ports import PlayerStore, Reading

#: Characters of a wrong name that are quoted back.
_QUOTED_MAX = 64


#: Ids passed over by one request when the counter stands too low; each costs two round trips.
_IDS_TRIED_MAX = 100


class _IdTaken(Exception):
    """A player with this id exists already."""


class Starter(Struct, frozen=True):
    """What a new player of a class begins with: coins, units by item id, and its capacity."""

    player_class: str
    gold: int
    max_capacity: int
    items: Mapping[int, int]


def found(player_id: int, reading: Reading) -> Player | UnknownPlayer:
    """Return a player of a reading that looked for it, or that there is none."""
    return reading.players.get(player_id) or UnknownPlayer(f"There is no player {player_id}.")


class PlayerService:
    """Creates players with what their class begins with."""

    def __init__(
        self,
        ledger: Ledger,
        store: PlayerStore,
        catalogue: Catalogue,
        *,
        starters: Mapping[str, Starter],
        draw_class: Callable[[], str],
        new_id: Callable[[], str],
    ) -> None:
        """Create players of the classes in `starters`; `draw_class` picks when none is named."""
        self._ledger = ledger
        self._store = store
        self._catalogue = catalogue
        self._starters = starters
        self._draw_class = draw_class
        self._new_id = new_id

    def create(self, order: PlayerOrder, asked: Asked) -> Told:
        """Create a player.

        Raises:
            UnknownClass: no class has this name.
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        name = self._draw_class() if order.player_class is None else order.player_class
        starter = self._starters.get(name)
        if starter is None:
            known = ", ".join(sorted(self._starters))
            raise UnknownClass(f"no class {name[:_QUOTED_MAX]!r}; there are {known}")
        for _ in range(_IDS_TRIED_MAX):
            try:
                creation = self._creation(order, starter, self._store.next_player_id())
                return self._ledger.carry_out(creation, asked)
            except _IdTaken:
                # The counter was set back, as by an old backup: no player is ever overwritten.
                continue
        raise Busy(f"the next {_IDS_TRIED_MAX} player ids are all taken; send it again")

    def guest(self, name: str, player_class: str, asked: Asked) -> Player:
        """Return the guest of this name, who is created when first met, once whoever meets it.

        Its id is set aside before it is created. Should the one who set it aside die in between,
        the next to meet the guest creates it with that id.

        Args:
            name: 1 to 64 characters; the guest's username.
            player_class: what a guest that is not there yet is created as.
            asked: without an idempotency key.

        Raises:
            Busy, NotAccepting: as `Ledger.carry_out` says.
        """
        player_id = self._store.guest(name) or self._store.set_guest(name, self._free_id())
        guest = self._store.read([player_id]).players.get(player_id)
        if guest is not None:
            return guest
        order = PlayerOrder(username=name, player_class=player_class)
        try:
            creation = self._creation(order, self._starters[player_class], player_id)
            created = self._ledger.carry_out(creation, asked).outcome.created
        except _IdTaken:  # someone met it at the same time, and was faster
            created = None
        return created or self.player(player_id)

    def _free_id(self) -> int:
        """Return a new player id that no player has, whatever happened to the counter."""
        for _ in range(_IDS_TRIED_MAX):
            player_id = self._store.next_player_id()
            if player_id not in self._store.read([player_id]).players:
                return player_id
        raise Busy(f"the next {_IDS_TRIED_MAX} player ids are all taken; send it again")

    def _creation(self, order: PlayerOrder, starter: Starter, player_id: int) -> Command:
        unborn = Player(
            player_id=player_id,
            version=0,
            username=order.username or f"{starter.player_class}-{player_id}",
            player_class=starter.player_class,
            inventory=Inventory(starter.max_capacity),
        )
        trade = starter_grant(self._new_id(), player_id, starter.gold, starter.items.items())

        def decide(players: Mapping[int, Player]) -> Decision:
            if player_id in players:
                raise _IdTaken
            return settle(trade, {player_id: unborn}, self._catalogue)

        return Command((player_id,), decide)

    def player(self, player_id: int) -> Player:
        """Return a player as it is now.

        Raises:
            UnknownPlayer: there is no such player.
            StoreUnreachable: the store does not answer.
        """
        player = found(player_id, self._store.read([player_id]))
        if isinstance(player, UnknownPlayer):
            raise player
        return player

    def recent_trades(self, player_id: int) -> list[bytes]:
        """Return the JSON of the recent trades that are kept of a player, newest first.

        Raises:
            UnknownPlayer: there is no such player.
            StoreUnreachable: the store does not answer.
        """
        self.player(player_id)
        return self._store.recent_trades(player_id)
