"""A player state as Redis keeps it: the version, a line feed, the player as JSON.

The version stands apart so that the commit script can compare it without reading the rest.
"""

from __future__ import annotations

import msgspec

from src.classes.player import Player
from src.decoding import json_decoder

_ENCODER = msgspec.json.Encoder()
_DECODER = json_decoder(Player)


def write_state(player: Player) -> bytes:
    """Return the bytes of a player state."""
    return b"%d\n%b" % (player.version, _ENCODER.encode(player))


def read_state(state: bytes) -> Player:
    """Return the player of `write_state`'s bytes."""
    return _DECODER.decode(state[state.index(b"\n") + 1 :])
