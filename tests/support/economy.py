"""A small realm written down trade by trade, and landed as the tables that the questions read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from msgspec.structs import asdict
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.types import (
    BooleanType,
    DateType,
    IcebergType,
    ListType,
    LongType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
)

from src.classes.account import player_account
from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Answer
from src.economy.questions import question
from src.economy.warehouse import MATERIALIZED, TAKEN_IN
from src.events.definitions import PlayerStateEvent, TradeEvent
from src.events.fields import Field, fields_of
from src.rollups import DAY, rollups
from src.streaming.totals import TOTALS_FIELDS, totals_of
from tests.support.iceberg_files import FolderCatalog, append

_SCALARS: dict[str, IcebergType] = {
    "long": LongType(),
    "string": StringType(),
    "timestamp": TimestampType(),
}
_ITEM_COLUMNS: dict[str, IcebergType] = {
    "item_id": LongType(),
    "name": StringType(),
    "kind": StringType(),
    "material": StringType(),
    "power_level": LongType(),
    "magical": BooleanType(),
    "rarity": StringType(),
    "level": LongType(),
    "value": LongType(),
}

#: The catalogue of these examples: id to name, kind, material, base value, rarity.
ITEMS: Mapping[int, tuple[str, str, str | None, int, str]] = {
    1: ("Milk", "food", None, 3, "common"),
    2: ("Iron Sword", "sword", "iron", 10, "common"),
    3: ("Steel Sword", "sword", "steel", 40, "uncommon"),
    4: ("Plain Sword", "sword", None, 5, "common"),
    5: ("Iron Shield", "shield", "iron", 10, "common"),
    6: ("Crown", "luxury", None, 2_000, "legendary"),
    7: ("Oak Bow", "bow", "wood", 20, "rare"),
}
#: What `ITEMS` tells of each.
_CATALOGUED = ("name", "kind", "material", "value", "rarity")

START = datetime(2026, 3, 1, 12, 0, 0)  # noqa: DTZ001 - the tables hold UTC without a zone

Leg = tuple[str, str, int | None, int]


def gold(giver: int | str, taker: int | str, coins: int) -> Leg:
    """Move coins between players, by id, or house accounts, by name."""
    return (_account(giver), _account(taker), None, coins)


def item(giver: int | str, taker: int | str, item_id: int, quantity: int) -> Leg:
    """Move units of an item between players, by id, or house accounts, by name."""
    return (_account(giver), _account(taker), item_id, quantity)


class Realm:
    """Events in the order they are told, a second apart from `START` on."""

    def __init__(self) -> None:
        self.trades: list[dict[str, Any]] = []
        self.legs: list[dict[str, Any]] = []
        self.states: list[dict[str, Any]] = []

    def trade(
        self,
        kind: str,
        players: tuple[int, int | None],
        legs: Sequence[Leg],
        *,
        refused: str | None = None,
        guild: str | None = None,
        battle: tuple[str, str | None, int | None] | None = None,
        after: timedelta = timedelta(seconds=1),
    ) -> str:
        """Tell a trade, settled unless `refused` gives a reason; returns its id.

        A battle has an enemy, an outcome when it was fought, and a weapon's item_id or None.
        """
        number = len(self.trades) + 1
        before = self.trades[-1]["occurred_at"] if self.trades else START - after
        enemy, outcome, weapon_item_id = battle or (None, None, None)
        header = {
            "trade_id": f"t{number:03}",
            "seq": number,
            "occurred_at": before + after,
            "kind": kind,
            "status": "rejected" if refused else "settled",
        }
        self.trades.append(
            {
                **header,
                "realm": "main",
                "event_type": "trade",
                "schema_version": 1,
                "reason": refused,
                "player_1_id": players[0],
                "player_2_id": players[1],
                "guild": guild,
                "enemy": enemy,
                "outcome": outcome,
                "weapon_item_id": weapon_item_id,
            }
        )
        told = [
            {
                **header,
                "leg_no": place,
                "from_account": giver,
                "to_account": taker,
                "asset": "gold" if item_id is None else "item",
                "item_id": item_id,
                "quantity": quantity,
                "unit_value": 1 if item_id is None else _base_value(item_id),
            }
            for place, (giver, taker, item_id, quantity) in enumerate(legs, start=1)
        ]
        self.legs += told
        self.trades[-1] |= totals(self.trades[-1], told)
        return str(header["trade_id"])

    def state(
        self,
        player_id: int,
        version: int,
        coins: int,
        items: Mapping[int, int],
        *,
        player_class: str = "farmer",
        guild: str | None = None,
    ) -> None:
        """Tell a state that the last trade led to."""
        cause = self.trades[-1]
        stacks = [
            {"item_id": item_id, "quantity": quantity, "unit_value": ITEMS[item_id][3]}
            for item_id, quantity in items.items()
        ]
        self.states.append(
            {
                "realm": "main",
                "event_type": "player_state",
                "schema_version": 1,
                "occurred_at": cause["occurred_at"],
                "cause_trade_id": cause["trade_id"],
                "player_id": player_id,
                "version": version,
                "username": f"player {player_id}",
                "player_class": player_class,
                "guild": guild,
                "gold": coins,
                "max_capacity": 999,
                "used_capacity": sum(items.values()),
                "distinct_items": len(items),
                "inventory_value": sum(n * ITEMS[item_id][3] for item_id, n in items.items()),
                "items": stacks,
            }
        )

    def land(self, warehouse: Path, *, materialized: bool = False) -> dict[str, Table]:
        """Write the tables; one without rows stays without a snapshot.

        With `materialized`, half of the rows are in the tables of materialized views.
        """
        tables = make_tables(warehouse)
        rows = {
            "trade": self.trades,
            "trade_leg": self.legs,
            "player_state": self.states,
            "item": [
                dict(zip(("item_id", *_CATALOGUED), (item_id, *described), strict=True))
                for item_id, described in ITEMS.items()
            ],
        }
        if materialized:
            for name in ("trade", "player_state"):
                half = len(rows[name]) // 2
                append(tables[name], rows[name][:half])
                materialize(tables, name, rows[name][:half])
                rows[name] = rows[name][half:]
        for name, table in tables.items():
            if rows.get(name):
                append(table, rows[name])
        return tables


def materialize(tables: Mapping[str, Table], source: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write the materialized view of a source as of now, when it has these rows."""
    (view,) = (view for view, made_of in MATERIALIZED.items() if made_of == source)
    kept = _newest(rows) if source == "player_state" else _first(rows)
    snapshot = tables[source].current_snapshot()
    assert snapshot is not None
    taken_in = f"{tables[source].metadata.table_uuid} {snapshot.sequence_number}"
    append(tables[view], kept, {TAKEN_IN + source: taken_in})


def _newest(states: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    rising = sorted(states, key=lambda state: state["version"])
    return list({state["player_id"]: state for state in rising}.values())


def _first(trades: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    firsts: dict[tuple[int, str], dict[str, Any]] = {}
    for trade in sorted(trades, key=lambda trade: trade["seq"]):
        sides = (
            ("player_1_id", "player_2_id") if trade["kind"] == "player_trade" else ("player_1_id",)
        )
        for side in sides if trade["status"] == "settled" else ():
            told = {name: trade[name] for name in ("kind", "seq", "occurred_at")}
            firsts.setdefault((trade[side], trade["kind"]), {"player_id": trade[side], **told})
    return list(firsts.values())


def make_tables(warehouse: Path) -> dict[str, Table]:
    """Make the empty tables, their columns from the event definitions."""
    trade = [f for f in fields_of(TradeEvent) if f.kind != "rows"]
    legs = next(f for f in fields_of(TradeEvent) if f.kind == "rows").rows
    head = [f for f in trade if f.name in {"trade_id", "seq", "occurred_at", "kind", "status"}]
    head.sort(key=lambda f: ["trade_id", "seq", "occurred_at", "kind", "status"].index(f.name))
    columns: dict[str, dict[str, IcebergType]] = {
        "trade": _columns([*trade, *TOTALS_FIELDS]),
        "trade_leg": _columns([*head, *legs]),
        "player_state": _columns(fields_of(PlayerStateEvent)),
        "item": _ITEM_COLUMNS,
        "player_latest_materialized": _columns(fields_of(PlayerStateEvent)),
        "first_trade_materialized": {
            "player_id": LongType(),
            "kind": StringType(),
            "seq": LongType(),
            "occurred_at": TimestampType(),
        },
    }
    columns |= {rollup.table: {DAY: DateType()} for rollup in rollups()}
    catalog = FolderCatalog(warehouse)
    return {name: catalog.make(name, _schema(kinds)) for name, kinds in columns.items()}


def totals(trade: Mapping[str, Any], legs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the row of a trade says of its legs."""
    event = SimpleNamespace(**trade, legs=[SimpleNamespace(**leg) for leg in legs])
    return asdict(totals_of(event))


def answer(warehouse: Path, name: str) -> Answer:
    """Answer one question over the tables as they are now."""
    with DuckDbEngine(warehouse, warehouse / "spill") as engine:
        return engine.ask(question(name).sql)


def _base_value(item_id: int) -> int | None:
    """Return what one unit is worth; None for what the catalogue does not have."""
    return ITEMS[item_id][3] if item_id in ITEMS else None


def _columns(fields: Sequence[Field]) -> dict[str, IcebergType]:
    return {field.name: _type(field) for field in fields}


def _type(field: Field) -> IcebergType:
    if field.kind != "rows":
        return _SCALARS[field.kind]
    inner = [
        NestedField(1_001 + place, row.name, _type(row), required=False)
        for place, row in enumerate(field.rows)
    ]
    return ListType(element_id=1_000, element_type=StructType(*inner), element_required=False)


def _schema(columns: Mapping[str, IcebergType]) -> Schema:
    numbered = enumerate(columns.items(), start=1)
    return Schema(*(NestedField(i, name, kind, required=False) for i, (name, kind) in numbered))


def _account(owner: int | str) -> str:
    return player_account(owner) if isinstance(owner, int) else f"house:{owner}"
