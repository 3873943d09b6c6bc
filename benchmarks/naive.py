"""The naive design: read, decide, write, produce, as projects of this kind do it.

Served by `flask --app benchmarks.naive run`, Flask's own server, with a thread a request. Both
players are read from Redis, the trade is decided, both are written back, and the events are handed
to Kafka. Nothing holds two requests apart that read the same player, and nothing ties the events to
the states: `send` is not waited for, as is usual, so an answered trade may have no event at all.

It is written to be as fast as it can be without ceasing to be that: the body is decoded by msgspec,
the rules, the states' form and the events are our own code, so that they cost the same; Redis is
asked twice (MGET, MSET) through redis-py's pool; no token is looked at; nothing is validated by
flask-restx. Redis and Kafka are those of our stack, with the same promises.
"""

from __future__ import annotations

from typing import Any

import msgspec
import redis
from flask import Flask, Response, request
from kafka import KafkaProducer

from src.api.errors import problem_response
from src.api.views import json_response, outcome_body
from src.bootstrap import new_id, now
from src.classes.player import Player
from src.classes.trade import Settlement, settle
from src.config import load_settings
from src.decoding import json_decoder
from src.events.definitions import Event
from src.events.record import Recorder, Stamp
from src.inventory_generation.catalogue import load_catalogue
from src.player_store.codec import read_state, write_state
from src.services.commands import swapping
from src.services.orders import TradeOrder
from src.services.outcomes import outcome_of

TRADE_TOPIC = "naive_trade"
STATE_TOPIC = "naive_player_state"


def player_key(player_id: int) -> str:
    """Return where Redis has a player of this design."""
    return f"naive:player:{player_id}"


def create_app() -> Flask:
    """Return the application, connected to Redis and Kafka."""
    settings = load_settings()
    catalogue = load_catalogue()
    recorder = Recorder(catalogue, new_id)
    store = redis.Redis(settings.redis_host, settings.redis_port)
    producer = KafkaProducer(bootstrap_servers=settings.kafka_bootstrap)
    decode = json_decoder(TradeOrder).decode
    app = Flask("naive")

    def produce(topic: str, key: str, event: Event) -> None:
        producer.send(topic, key=key.encode(), value=msgspec.json.encode(event))

    @app.post("/v1/trades")
    def trade() -> Response:
        asked = swapping(decode(request.get_data()), new_id())
        players = _read(store, asked.player_ids)
        decision = settle(asked, players, catalogue)
        stamp = Stamp("naive", now())
        if isinstance(decision, Settlement):
            states = decision.players.items()
            store.mset({player_key(player_id): write_state(p) for player_id, p in states})
        produce(TRADE_TOPIC, asked.trade_id, recorder.trade(decision, stamp))
        if isinstance(decision, Settlement):
            for player_id, player in decision.players.items():
                state = recorder.player_state(player, asked.trade_id, stamp)
                produce(STATE_TOPIC, str(player_id), state)
        told = outcome_body(outcome_of(decision, stamp.occurred_at))
        return problem_response(told) if isinstance(told, dict) else json_response(told, 201)

    return app


def _read(store: redis.Redis, player_ids: tuple[int, ...]) -> dict[int, Player]:
    states: Any = store.mget([player_key(player_id) for player_id in player_ids])
    found = zip(player_ids, states, strict=True)
    return {player_id: read_state(state) for player_id, state in found if state}
