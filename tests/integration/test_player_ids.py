"""Player ids are never given twice, even when their counter is set back."""

from __future__ import annotations

from src.player_store.keys import Keys
from tests.support.realm import Realm


def test_a_counter_that_was_set_back_overwrites_nobody(realm: Realm) -> None:
    ids = [realm.create("farmer") for _ in range(3)]
    before = {player_id: realm.services.players.player(player_id) for player_id in ids}
    realm.redis.set(Keys(realm.settings.realm).player_ids, 0)
    assert realm.create("hunter") == max(ids) + 1
    assert {p: realm.services.players.player(p) for p in ids} == before
    realm.audit()
