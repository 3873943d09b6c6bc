"""The views of the full profile's warehouse, made from their files each time the stack starts.

`python -m src.economy.migrations` makes them too, once the landing jobs have made the tables.
"""

from __future__ import annotations

from src.config import Settings, load_settings
from src.economy.fragments import rollup_relations
from src.economy.presto_engine import MIGRATIONS, presto_engine
from src.economy.views import presto_views, views
from src.rollups import rollups


def make_views(settings: Settings) -> None:
    """Make every view, in place of the one that is there; to repeat it changes nothing.

    Raises:
        WarehouseUnreachableError: Presto does not answer, or the tables are not there.
        QueryFailedError: Presto refused a view.
    """
    with presto_engine(settings, MIGRATIONS) as engine:
        for rollup in rollups():
            # Of all rows; who asks through the engine gets the days that hold (presto_rollups.py).
            for name, sql in rollup_relations(rollup, None, rollup.source).items():
                engine.ask(f"create or replace view {name} as {sql}")
        for view in (*presto_views(), *views()):
            engine.ask(f"create or replace view {view.name} as {view.sql}")


if __name__ == "__main__":
    make_views(load_settings())
