"""The engine over real Iceberg tables on disk."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from pyiceberg.types import LongType, StringType

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Column, QueryFailedError, WarehouseUnreachableError
from src.economy.warehouse import MATERIALIZED, newest_metadata
from tests.support.economy import START, Realm, answer, gold, make_tables
from tests.support.iceberg_files import append, list_a_delete_manifest


def opened(warehouse: Path) -> DuckDbEngine:
    return DuckDbEngine(warehouse, warehouse / "spill")


def grant(player_id: int) -> Realm:
    realm = Realm()
    realm.trade("starter_grant", (player_id, None), [gold("mint", player_id, 5)])
    realm.state(player_id, 1, 5, {1: 2})
    return realm


def test_columns_come_in_the_tables_order_with_their_types(tmp_path: Path) -> None:
    grant(1).land(tmp_path)
    with opened(tmp_path) as engine:
        answer = engine.ask("select * from trade_leg")
    assert answer.columns == (
        Column("trade_id", "text"),
        Column("seq", "integer"),
        Column("occurred_at", "timestamp"),
        Column("kind", "text"),
        Column("status", "text"),
        Column("leg_no", "integer"),
        Column("from_account", "text"),
        Column("to_account", "text"),
        Column("asset", "text"),
        Column("item_id", "integer"),
        Column("item_uid", "text"),
        Column("quantity", "integer"),
        Column("unit_value", "integer"),
    )
    leg = ("t001", 1, START, "starter_grant", "settled", 1, "house:mint", "player:1", "gold")
    assert answer.rows == ((*leg, None, None, 5, 1),)


def test_the_items_of_a_state_are_rows(tmp_path: Path) -> None:
    grant(1).land(tmp_path)
    with opened(tmp_path) as engine:
        answer = engine.ask("select items from player_latest")
    assert answer.columns == (Column("items", "json"),)
    assert answer.rows == (([{"item_id": 1, "item_uid": None, "quantity": 2, "unit_value": 3}],),)


def test_a_column_that_came_later_is_null_in_older_files(tmp_path: Path) -> None:
    table = grant(1).land(tmp_path)["trade_leg"]
    with table.update_schema() as update:
        update.add_column("season", StringType())
        update.add_column("round", LongType())
    append(table, [{"trade_id": "t002", "season": "spring", "round": 7}])
    with opened(tmp_path) as engine:
        rows = engine.ask("select trade_id, season, round from trade_leg order by trade_id").rows
    assert rows == (("t001", None, None), ("t002", "spring", 7))


def test_a_renamed_column_keeps_its_old_rows(tmp_path: Path) -> None:
    table = grant(1).land(tmp_path)["item"]
    with table.update_schema() as update:
        update.rename_column("level", "rank")
    append(table, [{"item_id": 90, "rank": 3}])
    with opened(tmp_path) as engine:
        rows = engine.ask("select item_id, rank from item where item_id in (1, 90) order by 1").rows
    assert rows == ((1, None), (90, 3))


def test_an_empty_table_is_a_view_with_types(tmp_path: Path) -> None:
    make_tables(tmp_path)
    with opened(tmp_path) as engine:
        answer = engine.ask("select seq, occurred_at, kind from trade")
    assert answer.columns == (
        Column("seq", "integer"),
        Column("occurred_at", "timestamp"),
        Column("kind", "text"),
    )
    assert answer.rows == ()


def test_a_session_reads_one_moment_and_a_new_one_the_next(tmp_path: Path) -> None:
    table = grant(1).land(tmp_path)["trade"]
    with opened(tmp_path) as before:
        append(table, [{"trade_id": "t002"}])
        with opened(tmp_path) as after:
            count = "select count(*) as trades from trade"
            assert before.ask(count).only() == {"trades": 1}
            assert after.ask(count).only() == {"trades": 2}


def test_rows_that_were_rewritten_are_read_once(tmp_path: Path) -> None:
    table = grant(1).land(tmp_path)["trade"]
    table.overwrite(table.scan().to_arrow())
    with opened(tmp_path) as engine:
        assert engine.ask("select trade_id from trade").rows == (("t001",),)


def test_the_newest_metadata_is_the_highest_number(tmp_path: Path) -> None:
    folder = tmp_path / "metadata"
    folder.mkdir()
    for name in ("v9.metadata.json", "v10.metadata.json", "version-hint.text", "v11.txt"):
        (folder / name).touch()
    assert newest_metadata(tmp_path) == folder / "v10.metadata.json"


def test_a_path_with_odd_letters_is_read(tmp_path: Path) -> None:
    warehouse = tmp_path / "it's here"
    grant(1).land(warehouse)
    with opened(warehouse) as engine:
        assert engine.ask("select trade_id from trade").rows == (("t001",),)


def test_parameters_are_values_and_never_sql(tmp_path: Path) -> None:
    grant(1).land(tmp_path)
    with opened(tmp_path) as engine:
        sql = "select trade_id from trade where kind = ? and occurred_at >= ?"
        assert engine.ask(sql, ["starter_grant", START]).rows == (("t001",),)
        assert engine.ask(sql, ["' or true --", datetime(2026, 1, 1)]).rows == ()  # noqa: DTZ001 - UTC


def test_no_tables_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(WarehouseUnreachableError, match=r"no tables yet: run \./guildhall up"):
        opened(tmp_path / "nothing")


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    make_tables(tmp_path)
    shutil.rmtree(tmp_path / "guildhall" / "item")
    with pytest.raises(WarehouseUnreachableError, match="no table 'item' yet"):
        opened(tmp_path)


def test_broken_metadata_is_told_with_its_table(tmp_path: Path) -> None:
    make_tables(tmp_path)
    (tmp_path / "guildhall" / "trade" / "metadata" / "v1.metadata.json").write_text("{")
    with pytest.raises(WarehouseUnreachableError, match="table 'trade' cannot be read"):
        opened(tmp_path)


def test_tables_of_an_earlier_version_are_told_with_the_remedy(tmp_path: Path) -> None:
    trade = make_tables(tmp_path)["trade"]
    with trade.update_schema() as change:
        change.delete_column("player_1_gold")
    with pytest.raises(
        WarehouseUnreachableError, match=r"of an earlier version .*: run \./guildhall up"
    ):
        opened(tmp_path)


def test_delete_files_are_refused(tmp_path: Path) -> None:
    table = grant(1).land(tmp_path)["trade"]
    list_a_delete_manifest(table)
    with pytest.raises(
        WarehouseUnreachableError,
        match=r"1 or more delete files, as .*, which this reader does not apply",
    ):
        opened(tmp_path)


def test_a_data_file_that_is_gone_is_told(tmp_path: Path) -> None:
    grant(1).land(tmp_path)
    with opened(tmp_path) as engine:
        shutil.rmtree(tmp_path / "guildhall" / "trade" / "data")
        with pytest.raises(WarehouseUnreachableError, match="cannot be read"):
            engine.ask("select kind from trade")


@pytest.mark.parametrize(
    "sql",
    [
        "select nothing from trade",
        "select * from read_csv('/etc/hostname')",
        "copy (select 1) to '/tmp/guildhall_must_not_write.csv'",
        "set enable_external_access = true",
        "install httpfs",
    ],
)
def test_a_query_reads_the_warehouse_and_nothing_else(tmp_path: Path, sql: str) -> None:
    make_tables(tmp_path)
    with opened(tmp_path) as engine, pytest.raises(QueryFailedError):
        engine.ask(sql)


def test_what_does_not_fit_in_memory_goes_to_a_folder_that_was_not_there(tmp_path: Path) -> None:
    grant(1).land(tmp_path)
    spill = tmp_path / "not" / "yet" / "there"
    large = "select distinct n, md5(n::text) as text from range(800000) as r(n)"
    with DuckDbEngine(tmp_path, spill, memory_mib=48) as engine:
        assert len(engine.ask(large).rows) == 800_000
        assert spill.is_dir()


def test_a_materialized_view_is_its_table_and_the_rows_since(tmp_path: Path) -> None:
    realm = grant(1)
    realm.state(2, 1, 7, {})
    realm.state(1, 2, 6, {})
    realm.state(3, 1, 9, {})
    realm.land(tmp_path, materialized=True)
    with opened(tmp_path) as engine:
        since = engine.ask("select player_id, version from player_state_since").rows
        latest = engine.ask("select player_id, version, gold from player_latest order by 1").rows
    assert since == ((1, 2), (3, 1))
    assert latest == ((1, 2, 6), (2, 1, 7), (3, 1, 9))


@pytest.mark.parametrize("table", ["player_latest_materialized", "first_trade_materialized"])
def test_what_a_table_has_is_not_looked_up_in_its_source(tmp_path: Path, table: str) -> None:
    realm = grant(1)
    realm.trade("starter_grant", (2, None), [gold("mint", 2, 5)])
    realm.state(2, 1, 5, {})
    tables = realm.land(tmp_path, materialized=True)
    # A source that cannot be: its first half would be missing if the view did not have it.
    source = tables[MATERIALIZED[table]]
    source.overwrite(source.scan().to_arrow().slice(0, 0))
    with opened(tmp_path) as engine:
        view = table.removesuffix("_materialized")
        assert engine.ask(f"select player_id from {view}").rows == ((1,),)  # noqa: S608 - our views


def test_the_table_of_a_view_of_another_source_leaves_no_row_out(tmp_path: Path) -> None:
    realm = grant(1)
    realm.state(2, 1, 7, {})
    tables = realm.land(tmp_path, materialized=True)
    other = {"guildhall.taken_in.player_state": "00000000-0000-0000-0000-000000000000 99"}
    append(tables["player_latest_materialized"], [], other)
    with opened(tmp_path) as engine:
        assert engine.ask("select count(*) as n from player_state_since").only() == {"n": 2}


def test_more_gold_in_a_minute_than_a_column_holds_is_added_up(tmp_path: Path) -> None:
    most = 2**63 - 1
    realm = Realm()
    for giver, taker in ((1, 2), (2, 1), (1, 2)):
        realm.trade("player_trade", (giver, taker), [gold(giver, taker, most)])
    realm.land(tmp_path)
    assert answer(tmp_path, "gold_over_time").column("moved") == [most, most, most]
    assert answer(tmp_path, "gold_velocity").only()["gold"] == 3 * most
