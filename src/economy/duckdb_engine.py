"""DuckDB over the embedded warehouse: each Iceberg table becomes a view of its Parquet files.

DuckDB's own Iceberg extension is a download at run time; pyiceberg, which is locked with
everything else, reads the metadata instead. Columns are found by Iceberg's field ids, so that a
column that came later is null in older files and a renamed one is still itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    StringType,
    StructType,
    TimestampType,
)

from src.economy.engine import (
    Answer,
    Column,
    ColumnType,
    OpenEngine,
    Parameter,
    QueryFailedError,
    WarehouseUnreachableError,
)
from src.economy.fragments import rollup_relations
from src.economy.views import views
from src.economy.warehouse import (
    MATERIALIZED,
    PinnedTable,
    pinned_tables,
    rolled_up_days,
    rows_since,
)
from src.rollups import Rollup, rollup_tables, rollups

#: DuckDB's memory, in MiB, within the 3 GiB that the embedded stack may hold. Less makes large
#: questions spill to disk; more takes from Spark.
MEMORY_MIB_MAX = 768

_DUCKDB_TYPES: dict[type[IcebergType], str] = {
    LongType: "BIGINT",
    IntegerType: "INTEGER",
    StringType: "VARCHAR",
    BooleanType: "BOOLEAN",
    TimestampType: "TIMESTAMP",
    DateType: "DATE",
    DoubleType: "DOUBLE",
    FloatType: "FLOAT",
    BinaryType: "BLOB",
}

_COLUMN_TYPES: dict[str, ColumnType] = {
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "FLOAT": "number",
    "DOUBLE": "number",
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "timestamp",
    "DATE": "date",
}


class DuckDbEngine(OpenEngine):
    """Answers SQL over the warehouse as it was when the engine was made.

    Each table is pinned to its newest snapshot then, so that all answers agree with each other.
    Make a new engine to see what has landed since. It can be used as a context manager.
    """

    def __init__(
        self,
        warehouse: Path,
        spill: Path,
        *,
        memory_mib: int = MEMORY_MIB_MAX,
        threads: int | None = None,
    ) -> None:
        """Pin the tables and define the views.

        Args:
            warehouse: the folder that holds the namespace's folder.
            spill: a folder for what does not fit in memory; made when first needed.
            memory_mib: what a query may hold, in MiB.
            threads: that a query uses; one a core when not given.

        Raises:
            WarehouseUnreachableError: the tables are missing or cannot be read.
        """
        self.tables = pinned_tables(warehouse)
        # DuckDB makes the folder itself, and removes it, but none above it.
        spill.parent.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{memory_mib}MiB",
                **({} if threads is None else {"threads": threads}),
                "temp_directory": str(spill),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        # From here on a query reads the warehouse and nothing else, and cannot undo that.
        self._connection.execute(f"set allowed_directories = [{_text(str(warehouse))}]")
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")
        try:
            self._define_views()
        except duckdb.IOException as error:
            self._connection.close()
            raise _unreadable(error) from error
        except duckdb.BinderException as error:
            self._connection.close()
            raise WarehouseUnreachableError(
                f"the tables are of an earlier version ({str(error).partition(chr(10))[0]})",
                "run ./guildhall up: landing brings them up to date when it starts",
            ) from error

    def ask(self, sql: str, parameters: Sequence[Parameter] = ()) -> Answer:
        """Return the answer to one query; see `Engine.ask`."""
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(sql, list(parameters))
                rows = tuple(cursor.fetchall())
            except duckdb.IOException as error:
                raise _unreadable(error) from error
            except duckdb.Error as error:
                raise QueryFailedError(f"the query failed ({error})", "see its SQL") from error
            described = cursor.description or []
        return Answer(tuple(Column(name, _column_type(str(t))) for name, t, *_ in described), rows)

    def _define_views(self) -> None:
        newer = (rows_since(self.tables, view) for view in MATERIALIZED)
        tables = (self.tables[name] for name in self.tables.keys() - rollup_tables().keys())
        for table in (*tables, *newer):
            self._connection.execute(_table_view(table))
        for rollup in rollups():
            self._define_rollup(rollup)
        for view in views():
            self._connection.execute(f"create view {view.name} as {view.sql}")

    def _define_rollup(self, rollup: Rollup) -> None:
        """Define a rollup: the days that hold, and what its statement makes of all other rows."""
        days, others = rolled_up_days(self.tables, rollup)
        self._connection.execute(_table_view(others))
        if days is not None:
            self._connection.execute(_table_view(days))
        held = days.name if days is not None and days.files else None
        for name, sql in rollup_relations(rollup, held, others.name).items():
            self._connection.execute(f"create view {name} as {sql}")

    def snapshots(self) -> dict[str, int | None]:
        """Return the snapshot that each table is pinned to."""
        return {table.name: table.snapshot_id for table in self.tables.values()}

    def close(self) -> None:
        """Let go of the files and the memory."""
        self._connection.close()


def _unreadable(error: duckdb.IOException) -> WarehouseUnreachableError:
    return WarehouseUnreachableError(
        f"a file of the warehouse cannot be read ({error})",
        "ask again: maintenance may have replaced it",
    )


def _column_type(duckdb_type: str) -> ColumnType:
    """Return what a column holds; lists and structs are `json`, as are types not used here."""
    return _COLUMN_TYPES.get(duckdb_type, "json")


def _table_view(table: PinnedTable) -> str:
    """Return the statement that defines a table's view: its columns in order, typed."""
    columns = [(f.field_id, _name(f.name), _duckdb_type(f.field_type)) for f in table.schema.fields]
    if not table.files:
        nulls = ", ".join(f"cast(null as {kind}) as {name}" for _, name, kind in columns)
        return f"create view {_name(table.name)} as select {nulls} where false"
    by_id = ", ".join(
        f"{field_id}: {{name: {_text(name[1:-1])}, type: {_text(kind)}, default_value: NULL}}"
        for field_id, name, kind in columns
    )
    files = ", ".join(_text(file.path) for file in table.files)
    names = ", ".join(name for _, name, _ in columns)
    return (
        f"create view {_name(table.name)} as select {names} "  # noqa: S608 - names from the schema
        f"from read_parquet([{files}], schema = map {{{by_id}}}, hive_partitioning = false)"
    )


def _duckdb_type(kind: IcebergType) -> str:
    """Return the DuckDB type of an Iceberg type.

    Raises:
        TypeError: no table of ours has such a column.
    """
    match kind:
        case ListType(element_type=element):
            return f"{_duckdb_type(element)}[]"
        case StructType(fields=fields):
            inner = ", ".join(f"{_name(f.name)} {_duckdb_type(f.field_type)}" for f in fields)
            return f"STRUCT({inner})"
        case DecimalType(precision=precision, scale=scale):
            return f"DECIMAL({precision}, {scale})"
        case _ if type(kind) in _DUCKDB_TYPES:
            return _DUCKDB_TYPES[type(kind)]
        case _:
            raise TypeError(f"a column of Iceberg type {kind} has no DuckDB type here")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
