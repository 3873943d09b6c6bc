"""The economy questions over HTTP: over what has landed, kept until more lands, bounded."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from src.economy.desk import Desk
from src.economy.engine import OpenEngine
from src.economy.engines import moment_of, open_guest_engine
from src.economy.questions import questions
from src.economy.warehouse import MATERIALIZED
from src.rollups import rollup_tables
from src.services.economy_service import EconomyService
from src.services.errors import EconomyBusy
from tests.support.api import Api, api_of
from tests.support.economy import Realm as Told
from tests.support.economy import gold, item
from tests.support.iceberg_files import append, end_writers
from tests.support.realm import Realm

QUERIES = "/v1/economy/queries"


def landed(folder: Path) -> None:
    """Land a day: two trades that settle, and one that is refused."""
    day().land(folder)
    end_writers()


def day() -> Told:
    """Tell a day: two trades that settle, and one that is refused."""
    told = Told()
    told.trade("starter_grant", (1, None), [gold("mint", 1, 2**53), item("mint", 1, 1, 5)])
    told.state(1, 1, 2**53, {1: 5})
    told.trade("purchase", (1, None), [gold(1, "shop", 10), item("shop", 1, 2, 1)])
    told.state(1, 2, 2**53 - 10, {1: 5, 2: 1})
    told.trade("sale", (1, None), [item(1, "shop", 3, 1)], refused="missing_items")
    return told


@pytest.fixture(scope="module")
def landed_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a var folder with tables in which a day has landed; nobody changes them."""
    folder = tmp_path_factory.mktemp("landed")
    landed(folder / "warehouse")
    return folder


@pytest.fixture
def api(realm: Realm, landed_var: Path) -> Iterator[Api]:
    """An application over tables in which a day has landed."""
    with api_of(realm, replace(realm.settings, var_dir=str(landed_var))) as found:
        yield found


@pytest.fixture
def own(realm: Realm) -> Iterator[Api]:
    """An application over such tables of its own, to change."""
    landed(Path(realm.settings.warehouse))
    with api_of(realm) as found:
        yield found


def test_the_list_has_every_question_there_is(api: Api) -> None:
    listed = api.get(QUERIES).body["queries"]
    assert [each["name"] for each in listed] == list(questions())
    assert all(each["question"].endswith("?") for each in listed)


def test_every_question_is_answered_with_its_columns_in_each_row(api: Api) -> None:
    for name, asked in questions().items():
        told = api.get(f"{QUERIES}/{name}").body
        assert (told["name"], told["question"]) == (name, asked.description)
        columns = [column["name"] for column in told["columns"]]
        assert columns
        assert all(list(row) == columns for row in told["rows"])


def test_an_answer_says_what_has_landed(api: Api) -> None:
    told = api.get(f"{QUERIES}/trades_by_status_and_reason").body
    counts = {(row["status"], row["reason"]): row["trades"] for row in told["rows"]}
    assert counts == {("settled", None): 2, ("rejected", "missing_items"): 1}
    assert told["snapshots"].keys() >= {"trade", "trade_leg", "player_state", "item"}
    # Nothing is in the tables of materialized views and rollups, which maintenance fills.
    filled_later = MATERIALIZED.keys() | rollup_tables().keys()
    landed = [told["snapshots"][name] for name in told["snapshots"].keys() - filled_later]
    assert all(snapshot.isdecimal() for snapshot in landed)


def test_whole_numbers_that_not_every_reader_keeps_are_text_and_times_are_utc(api: Api) -> None:
    told = api.get(f"{QUERIES}/gold_supply_by_account").body
    amounts = [cell for row in told["rows"] for cell in row.values()]
    assert str(2**53) in amounts or str(-(2**53)) in amounts
    assert 10 in amounts
    times = {
        column["name"]
        for name in questions()
        for column in api.get(f"{QUERIES}/{name}").body["columns"]
        if column["type"] == "timestamp"
    }
    assert times
    for row in api.get(f"{QUERIES}/run_overview").body["rows"]:
        for name in times & row.keys():
            assert row[name] is None or row[name].endswith("Z")


def test_what_lands_later_is_in_the_next_answer(realm: Realm) -> None:
    told = day()
    tables = told.land(Path(realm.settings.warehouse))
    with api_of(realm) as api:
        first = api.get(f"{QUERIES}/trade_count")
        assert api.get(f"{QUERIES}/trade_count").raw == first.raw
        append(tables["trade"], [{**told.trades[-1], "trade_id": "later", "seq": 9}])
        end_writers()
        then = api.get(f"{QUERIES}/trade_count")
    assert [answer.body["rows"][0]["trades"] for answer in (first, then)] == [3, 4]
    changed = {
        name
        for name, snapshot in then.body["snapshots"].items()
        if snapshot != first.body["snapshots"][name]
    }
    assert changed == {"trade"}


def test_a_question_that_there_is_not_is_unknown(api: Api) -> None:
    for name in ("who_cares", "x" * 5_000, "..%2Ftrade_count", "trade_count.sql"):
        answer = api.get(f"{QUERIES}/{name}")
        assert (answer.status, len(answer.raw) < 1_000) == (404, True)


def test_before_there_are_tables_the_answer_says_what_to_do(own: Api, realm: Realm) -> None:
    shutil.rmtree(realm.settings.warehouse)
    answer = own.get(f"{QUERIES}/trade_count")
    assert (answer.status, answer.reason) == (503, "economy_unavailable")
    assert "./guildhall up" in answer.body["detail"]
    landed(Path(realm.settings.warehouse))
    assert own.get(f"{QUERIES}/trade_count").status == 200


def test_when_nothing_has_landed_the_snapshots_say_so(realm: Realm, empty_warehouse: Path) -> None:
    settings = replace(realm.settings, var_dir=str(Path(realm.settings.var_dir) / "other"))
    shutil.copytree(empty_warehouse, settings.warehouse)
    with api_of(realm, settings) as fresh:
        told = fresh.get(f"{QUERIES}/trade_count").body
    assert set(told["snapshots"].values()) == {None}


def test_a_table_that_cannot_be_read_is_no_fault_of_the_client(own: Api, realm: Realm) -> None:
    for path in Path(realm.settings.warehouse).rglob("*.parquet"):
        path.unlink()
    answer = own.get(f"{QUERIES}/trade_count")
    assert (answer.status, answer.reason) == (503, "economy_unavailable")


def desk_of(realm: Realm, opened: list[OpenEngine]) -> Desk:
    def open_engine() -> OpenEngine:
        opened.append(open_guest_engine(realm.settings))
        return opened[-1]

    return Desk(open_engine, lambda: moment_of(realm.settings))


def test_an_engine_is_opened_once_a_moment_however_much_is_asked(realm: Realm) -> None:
    landed(Path(realm.settings.warehouse))
    opened: list[OpenEngine] = []
    desk = desk_of(realm, opened)
    for name in ("trade_count", "gold_supply", "trade_count"):
        desk.answer(name)
    assert len(opened) == 1
    desk.close()
    desk.answer("trade_count")
    assert len(opened) == 2
    desk.close()


def test_an_engine_for_guests_is_small(realm: Realm) -> None:
    landed(Path(realm.settings.warehouse))
    with open_guest_engine(realm.settings) as engine:
        (row,) = engine.ask(
            "select current_setting('threads') as threads, "
            "current_setting('memory_limit') as memory"
        ).records()
    assert row == {"threads": 1, "memory": "256.0 MiB"}


def test_while_all_seats_are_taken_others_are_told_to_come_back() -> None:
    asking, go_on = threading.Event(), threading.Event()

    def answer(_name: str) -> Any:
        asking.set()
        assert go_on.wait(30)
        return "answered"

    service = EconomyService(lambda: {"q": "?"}, answer, faults=(), askers_max=1)
    told: list[Any] = []
    first = threading.Thread(target=lambda: told.append(service.answer("q")))
    first.start()
    assert asking.wait(30)
    with pytest.raises(EconomyBusy):
        service.answer("q")
    go_on.set()
    first.join()
    told.append(service.answer("q"))
    assert told == ["answered", "answered"]
