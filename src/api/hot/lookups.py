"""Looking up a player or its inventory, in front of Flask."""

from __future__ import annotations

import re

from src.api.errors import response_to
from src.api.hot.exchange import Answer, Asker, answer_of, json_answer
from src.api.hot.rounds import Rounds, Waiting
from src.api.ids import IdConverter
from src.api.players import INVENTORY_ROUTE, PLAYER_ROUTE
from src.api.views import inventory_view, json_of, player_view
from src.classes.amounts import AMOUNT_MAX
from src.classes.item import Catalogue
from src.classes.player import Player
from src.player_store.tokens import Role
from src.services.errors import UnknownPlayer
from src.services.group_reading import GroupReading

_PATH = re.compile(rf"/v1/players/({IdConverter.regex})(/inventory)?")


class LookupQueue(Rounds[int, Player | UnknownPlayer, Player]):
    """Reads players round after round: those that are asked for at the same time, at once."""

    def answered(self, waiting: Waiting[int, Player], end: Player | UnknownPlayer) -> bool:
        """Tell a request the player that was found."""
        if isinstance(end, Player):
            waiting.tell(end)
        else:
            waiting.fail(end)
        return True


class Lookups:
    """Answers `GET` of a player and of its inventory."""

    def __init__(self, players: GroupReading, catalogue: Catalogue) -> None:
        """Find `players`, and show them with the items of `catalogue`."""
        self._catalogue = catalogue
        self._queue = LookupQueue(players.look_up)

    async def answer(self, path: str, asker: Asker) -> Answer | None:
        """Answer who asks for `path`; None when Flask has to."""
        matched = _PATH.fullmatch(path)
        # A body has no meaning here; Flask reads past it.
        if matched is None or asker.announces_body:
            return None
        player_id, holder = int(matched[1]), asker.holder
        is_others = holder.role is Role.PLAYER and holder.player_id != player_id
        if player_id > AMOUNT_MAX or is_others:
            return None
        route = INVENTORY_ROUTE if matched[2] else PLAYER_ROUTE
        try:
            player = await self._queue.answer_to(player_id)
            view = (
                inventory_view(player.inventory, self._catalogue)
                if matched[2]
                else player_view(player, self._catalogue)
            )
        except Exception as error:  # noqa: BLE001 - as flask-restx does for a route
            return answer_of(route, response_to(error))
        return json_answer(route, 200, json_of(view))
