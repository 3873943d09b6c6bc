"""A warehouse that a market of a given size has landed in, and that maintenance has been through.

`.venv/bin/python -m benchmarks.market_tables --trades N --var-dir FOLDER` makes it. The tables are
made by the product, and so is their layout: the files that are written here are as small and as
unsorted as those of landing, and the product's own maintenance rewrites them.
"""

from __future__ import annotations

import argparse
import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct
from pyspark.sql import SparkSession

from benchmarks.market import KINDS, Trades, draw_trades
from benchmarks.market_rows import BEGAN, TRADES_A_DAY, Market, first_day
from benchmarks.market_states import Holdings, add_up
from src.config import Settings
from src.economy.manifests import local_path
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.inventory_generation.data_files import DATA
from src.streaming.catalogue import land_catalogue
from src.streaming.history import load_table
from src.streaming.maintenance import Upkeep, maintain_tables
from src.streaming.schemas import PLAYER_STATE, TRADE, TRADE_LEG
from src.streaming.session import start_session
from src.streaming.tables import LandingTable, ensure_tables, iceberg_of

SEED = 7
#: More than maintenance leaves alone, so that it writes a day's files anew.
_FILES_A_DAY = 8

_RowsOf = Callable[[int, int, pa.Schema], pa.Table]


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
        RuntimeError: maintenance failed.
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

        maintain_tables(spark, settings, (TRADE, TRADE_LEG, PLAYER_STATE), told)
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
    rows: dict[str, tuple[str, _RowsOf]] = {
        TRADE_LEG: (TOPIC_TRADE, market.leg_rows),
        TRADE: (TOPIC_TRADE, market.trade_rows),
        PLAYER_STATE: (TOPIC_PLAYER_STATE, market.state_rows),
    }
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for table, (topic, rows_of) in rows.items():
            iceberg_table = load_table(spark, table)
            schema = LandingTable(spark, table, topic).arrow_schema()
            written = []
            for part, begin, end in _stretches(len(market.trades)):
                path = iceberg_table.locationProvider().newDataLocation(
                    f"{part}/{uuid.uuid4()}.parquet"
                )
                done = pool.submit(_write_file, path, rows_of, (begin, end), schema)
                written.append((part, path, done))
            for _, _, done in written:
                done.result()
            _commit(spark, iceberg_table, [(part, path) for part, path, _ in written])


def _stretches(trades: int) -> Iterator[tuple[str, int, int]]:
    """Tell the partition, the first trade and the one past the last of each file."""
    for begin in range(0, trades, TRADES_A_DAY):
        day = BEGAN + timedelta(days=first_day(begin))
        bounds = np.linspace(begin, min(begin + TRADES_A_DAY, trades), _FILES_A_DAY + 1, dtype=int)
        for first, past in pairwise(bounds):
            yield f"occurred_at_day={day.date().isoformat()}", int(first), int(past)


def _write_file(path: str, rows_of: _RowsOf, trades: tuple[int, int], schema: pa.Schema) -> None:
    rows = rows_of(*trades, schema)
    local = local_path(path)
    os.makedirs(os.path.dirname(local), exist_ok=True)  # noqa: PTH103, PTH120 - a file's address
    pq.write_table(rows, local, compression="zstd", store_schema=False)


def _commit(spark: SparkSession, table: Any, files: list[tuple[str, str]]) -> None:  # noqa: ANN401 - Iceberg's own, in Java
    iceberg = iceberg_of(spark)
    metrics = iceberg.MetricsConfig.forTable(table)
    append = table.newAppend()
    for part, path in files:
        written = table.io().newInputFile(path)
        append.appendFile(
            iceberg.DataFiles.builder(table.spec())
            .withInputFile(written)
            .withMetrics(iceberg.ParquetUtil.fileMetrics(written, metrics))
            .withPartitionPath(part)
            .build()
        )
    append.commit()


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
