"""A warehouse that a market of a given size has landed in, and that maintenance has been through.

`.venv/bin/python -m benchmarks.market_tables --trades N --var-dir FOLDER` makes it. The tables are
made by the product. To land ten million trades and to compact what has landed takes the better part
of an hour, so the files are written at once as compaction would leave them: one a day, in the order
of its table. Maintenance then goes through the tables as ever, must find nothing to compact, and
fills the tables of materialized views and of rollups.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct
from pyspark.sql import SparkSession

from benchmarks.market import KINDS, Ints, Trades, draw_trades
from benchmarks.market_rows import BEGAN, TRADES_A_DAY, Market
from benchmarks.market_states import Holdings, add_up
from src.config import Settings
from src.economy.manifests import local_path
from src.events.definitions import EVENTS, TOPIC_PLAYER_STATE, TOPIC_TRADE, TradeEvent
from src.events.fields import fields_of
from src.inventory_generation.data_files import DATA
from src.rollups import rollup_tables
from src.streaming.catalogue import land_catalogue
from src.streaming.history import load_table
from src.streaming.maintenance import Upkeep, maintain_tables
from src.streaming.materialized import MATERIALIZED
from src.streaming.schemas import PLAYER_STATE, TRADE, TRADE_LEG, rows_field
from src.streaming.session import start_session
from src.streaming.tables import LandingTable, ensure_tables
from src.streaming.totals import TOTALS_FIELDS

SEED = 7
#: Rows that are made at a time.
_PIECE_ROWS = 250_000
#: Rows of one row group: as many as compaction puts into one.
_GROUP_ROWS = {TRADE: 48_000, TRADE_LEG: 185_000, PLAYER_STATE: 48_000}

#: The places of the kinds in alphabetical order.
_KIND_RANK = np.argsort(np.argsort(KINDS))

#: Columns that can be null in all rows of a row group.
_NULLABLE = frozenset(
    {
        *(
            field.name
            for event in EVENTS.values()
            for field in fields_of(event)
            if not field.required
        ),
        *(field.name for field in TOTALS_FIELDS if not field.required),
        *(field.name for field in rows_field(fields_of(TradeEvent)).rows if not field.required),
    }
)

_RowsOf = Callable[[Ints, pa.Schema], pa.Table]


class Books(Struct, frozen=True, kw_only=True):
    """What the tables of a market must say. `settled` and `refused` count trades by kind.

    `held` are the coins of all players in the end; `issued` and `withdrawn` went between them and
    houses.
    """

    trades: int
    players: int
    states: int
    settled: dict[str, int]
    refused: dict[str, int]
    issued: int
    withdrawn: int
    held: int


def make_tables(settings: Settings, trades: int, seed: int = SEED) -> Books:
    """Make the tables of `trades` trades in the warehouse of `settings`, which is empty.

    Raises:
        RuntimeError: maintenance failed, or found something to compact.
    """
    drawn = draw_trades(trades, seed)
    holdings = add_up(drawn)
    spark = start_session(settings, "guildhall-market")
    try:
        ensure_tables(spark)
        land_catalogue(spark, DATA / "items.json")
        _write(spark, Market(drawn, holdings))
        books = books_of(drawn, holdings)
        del drawn, holdings
        faults: list[str] = []

        def told(upkeep: Upkeep) -> None:
            faults.extend(f"{upkeep.table}: {fault}" for fault in upkeep.faults)
            if upkeep.compacted:
                faults.append(f"{upkeep.table}: {upkeep.compacted} files were not as compacted")

        tables = (TRADE, TRADE_LEG, PLAYER_STATE, *MATERIALIZED, *rollup_tables())
        maintain_tables(spark, settings, tables, told)
    finally:
        spark.stop()
    if faults:
        raise RuntimeError("; ".join(faults))
    return books


def books_of(trades: Trades, holdings: Holdings) -> Books:
    """Return what the market's tables must say, from what was drawn."""
    settled = np.bincount(trades.kind[trades.is_settled], minlength=len(KINDS))
    every = np.bincount(trades.kind, minlength=len(KINDS))
    gold = np.where(trades.is_settled, trades.gold, 0).astype(np.int64)
    from_house, to_house = trades.gold_from < 0, trades.gold_to < 0
    newest = np.zeros(trades.players, np.int64)
    newest[holdings.player] = holdings.gold
    return Books(
        trades=len(trades),
        players=trades.players,
        states=len(holdings.trade),
        settled={kind: int(n) for kind, n in zip(KINDS, settled, strict=True)},
        refused={kind: int(n) for kind, n in zip(KINDS, every - settled, strict=True)},
        issued=int(gold[from_house].sum() + holdings.granted_gold.sum(dtype=np.int64)),
        withdrawn=int(gold[to_house].sum()),
        held=int(newest.sum()),
    )


def _write(spark: SparkSession, market: Market) -> None:
    """Write the files of each table and commit them."""
    by_kind = partial(_by_kind, market.trades)
    by_player = partial(by_kind, then=(market.trades.player_1,))
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for name, topic, rows_of, order_of in (
            (TRADE_LEG, TOPIC_TRADE, market.leg_rows, by_kind),
            (TRADE, TOPIC_TRADE, market.trade_rows, by_player),
            (PLAYER_STATE, TOPIC_PLAYER_STATE, market.state_rows, market.states_by_player),
        ):
            table = LandingTable(spark, name, topic)
            schema = table.arrow_schema()
            files = [
                (day, table.new_location(day), span) for day, span in _days(len(market.trades))
            ]
            writing = [
                pool.submit(_write_file, path, schema, _GROUP_ROWS[name], rows_of, order_of(*span))
                for _, path, span in files
            ]
            for each in writing:
                each.result()
            append = load_table(spark, name).newAppend()
            for day, path, _ in files:
                file = Path(local_path(path))
                append.appendFile(
                    table.described(path, day, pq.read_metadata(file), file.stat().st_size)
                )
            append.commit()


def _by_kind(trades: Trades, begin: int, end: int, *, then: tuple[Ints, ...] = ()) -> Ints:
    """Return the trades from `begin` to before `end` by status and kind, as words are ordered."""
    part = slice(begin, end)
    within = [each[part] for each in then]
    places = np.lexsort((*within, _KIND_RANK[trades.kind[part]], trades.is_settled[part]))
    return begin + places


def _days(trades: int) -> Iterator[tuple[date, tuple[int, int]]]:
    """Tell each day, its first trade and the one past its last."""
    for begin in range(0, trades, TRADES_A_DAY):
        day = (BEGAN + timedelta(days=begin // TRADES_A_DAY)).date()
        yield day, (begin, min(begin + TRADES_A_DAY, trades))


def _write_file(path: str, schema: pa.Schema, group_rows: int, rows_of: _RowsOf, of: Ints) -> None:
    file = Path(local_path(path))
    file.parent.mkdir(parents=True, exist_ok=True)
    writer = pq.ParquetWriter(
        file, schema, compression="zstd", use_dictionary=_never_null(schema), store_schema=False
    )
    with writer:
        for begin in range(0, len(of), _PIECE_ROWS):
            rows = rows_of(of[begin : begin + _PIECE_ROWS], schema)
            writer.write_table(rows, row_group_size=group_rows)


def _never_null(schema: pa.Schema) -> list[str]:
    """Return the columns that get a dictionary; Presto fails on one of a row group of nulls."""
    return [name for name in schema.names if name not in _NULLABLE]


def main() -> None:
    """Make the tables and print their books as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.market_tables", description=__doc__)
    parser.add_argument("--trades", type=int, required=True, help="how many")
    parser.add_argument("--var-dir", required=True, help="an empty folder; gets `warehouse`")
    parser.add_argument("--seed", type=int, default=SEED, help="another one draws other trades")
    given = parser.parse_args()
    books = make_tables(Settings(var_dir=given.var_dir), given.trades, given.seed)
    print(msgspec.json.encode(books).decode())


if __name__ == "__main__":
    main()
