"""A short load over the real API, and the verdict of a chaos run on what it left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread

from werkzeug.serving import WSGIRequestHandler, make_server

from simulation.plan import Plan
from simulation.world import load_world
from src.api.application import build_app
from src.api.context import services
from src.bootstrap import build_store, issue_token
from src.chaos.findings import Findings
from src.chaos.load import Load
from src.chaos.verdict import judge
from src.config import Settings
from src.economy.engines import open_engine

PLAYERS, TRADES = 8, 60


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - as werkzeug has it
        """Say nothing."""


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve the real API in this process; yields its address."""
    app = build_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            services().store.close()
            services().tokens.close()


def skip(_seconds: float) -> None:
    """Wait for nothing."""


def play(settings: Settings, findings: Findings) -> Load:
    """Play a short load over HTTP to its end; return it with its ledger."""
    plan = Plan(7, PLAYERS, TRADES, load_world())
    token = issue_token(settings, "game")
    with serving(settings) as url:
        load = Load(
            url,
            token,
            plan,
            run_id="run",
            workers=1,
            patience_s=60.0,
            findings=findings,
            sleep=skip,
        )
        with closing(load):
            load.create_players()
            load.play()
            load.settle_doubts()
            load.read_back()
    assert load.tally.acknowledged == len(load.ledger.trades) == TRADES
    return load


def verdict(settings: Settings, load: Load, findings: Findings) -> None:
    """Compare the ledger of a load with Redis and the tables of a realm."""
    with closing(build_store(settings)) as store:
        judge(
            load.ledger,
            0,
            store,
            lambda: open_engine(settings),
            findings=findings,
            progress=lambda *_: None,
        )
