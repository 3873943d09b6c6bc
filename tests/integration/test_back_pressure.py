"""While the log is away: the outbox stays bounded, the API says so, and all goes on by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.support.api import Api, api_of
from tests.support.books import audit
from tests.support.realm import Realm, open_realm
from tests.support.relays import logged_events, relay_of

pytestmark = pytest.mark.kafka

#: A new farmer's commit is two events of about 1,500 bytes together. Other classes begin with more
#: or less, and the smaller would still find room where the larger had none.
ENTRIES_MAX, BYTES_MAX = 12, 15_000
FARMER = {"player_class": "farmer"}


@pytest.fixture(params=[{"outbox_entries_max": ENTRIES_MAX}, {"outbox_bytes_max": BYTES_MAX}])
def bounded(request: pytest.FixtureRequest, logged_realm: Realm) -> Iterator[Api]:
    """The API of a realm whose outbox is full after some commits; no relay runs yet."""
    settings = replace(logged_realm.settings, **request.param)
    with open_realm(settings) as realm, api_of(realm) as api:
        yield api


def test_a_full_outbox_is_told_and_takes_nothing_until_the_log_is_back(bounded: Api) -> None:
    store = bounded.realm.services.store
    statuses = [bounded.post("/v1/players", FARMER).status for _ in range(2 * ENTRIES_MAX)]
    accepted = statuses.count(201)
    assert 0 < accepted <= ENTRIES_MAX
    assert statuses == [201] * accepted + [503] * (len(statuses) - accepted)
    assert store.outbox_length() <= ENTRIES_MAX or store.outbox_bytes() <= BYTES_MAX

    refused = bounded.post("/v1/players", FARMER, key="again")
    assert (refused.status, refused.reason) == (503, "outbox_full")
    assert refused.headers["retry-after"] == "1"
    if store.outbox_length() == ENTRIES_MAX:
        assert bounded.get("/readyz").body["outbox"].startswith("full")
    # Reading needs no log.
    assert bounded.get("/v1/players/1").status == 200
    before = store.last_seq()

    stop = threading.Event()
    stop.set()
    with relay_of(bounded.realm.settings) as relay:
        relay.run(stop)
    assert (store.outbox_length(), store.outbox_bytes()) == (0, 0)
    assert bounded.get("/readyz").status == 200
    # The very request that was refused is carried out now: its key was not spent.
    assert bounded.post("/v1/players", FARMER, key="again").status == 201
    events = logged_events(bounded.realm.settings)
    assert [event["seq"] for event in events] == list(range(1, before + 1))
    assert len(list(store.all_players())) == accepted + 1
    audit(events + bounded.realm.events(), store.all_players(), bounded.realm.services.catalogue)


def test_a_full_outbox_shows_how_full_it_is(bounded: Api) -> None:
    bounded.post("/v1/players")
    waiting = bounded.realm.services.store.outbox_bytes()
    assert waiting > 0
    assert f"guildhall_outbox_bytes {float(waiting)}" in bounded.get("/metrics").raw.decode()
