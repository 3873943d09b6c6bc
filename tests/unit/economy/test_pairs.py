"""Two players as one number: questions about pairs name the players that traded."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import EngineError
from tests.support.economy import Realm, answer, gold, item

#: The highest id that a pair of players can have in one number.
HIGHEST = 2**31 - 1
SWORD = 1


@pytest.mark.parametrize(("one", "other"), [(1, 2), (HIGHEST - 1, HIGHEST), (1, HIGHEST)])
def test_pairs_are_told_by_the_ids_of_both(tmp_path: Path, one: int, other: int) -> None:
    realm = Realm()
    # Three go forth and two come back; the last is a gift of the lower id.
    for place in range(5):
        giver, taker = (one, other) if place % 2 == 0 else (other, one)
        paid = [] if place == 4 else [gold(taker, giver, 7)]
        realm.trade("player_trade", (giver, taker), [item(giver, taker, SWORD, 2), *paid])
    realm.land(tmp_path)

    washed = answer(tmp_path, "wash_trades").only()
    assert (washed["player_1_id"], washed["player_2_id"]) == (one, other)
    assert (washed["trades"], washed["units_forth"], washed["units_back"]) == (5, 6, 4)

    partners = answer(tmp_path, "partner_concentration").records()
    assert [(row["player_id"], row["partner_id"]) for row in partners] == [
        (one, other),
        (other, one),
    ]
    assert [(row["trades"], row["partners"]) for row in partners] == [(5, 1), (5, 1)]

    given = answer(tmp_path, "gift_pairs").only()
    assert (given["giver_id"], given["receiver_id"], given["gifts"]) == (one, other, 1)


def test_two_ids_beyond_what_one_number_holds_are_an_error(tmp_path: Path) -> None:
    realm = Realm()
    realm.trade("player_trade", (HIGHEST + 1, HIGHEST + 2), [gold(HIGHEST + 1, HIGHEST + 2, 7)])
    realm.land(tmp_path)
    with DuckDbEngine(tmp_path, tmp_path / "spill") as engine, pytest.raises(EngineError):
        engine.ask("select pair_id from player_trade")
