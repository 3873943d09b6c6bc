"""Every route of old clients, with what those clients send; and what was a fault there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace

from src.api.legacy_reading import ASKED_BYTES_MAX, guest_name
from src.config import Settings, SettingsError
from src.exposure import serves_legacy_routes
from src.services.answers import Asked
from tests.support.api import Api, api_of
from tests.support.legacy import HOST, OldClient

GUEST = 1
PLAIN_SWORD, PLAIN_SHIELD, PLAIN_POTION, PLAIN_BOW = 101, 201, 701, 301


@pytest.fixture
def client(api: Api) -> Iterator[OldClient]:
    """A client whose realm balances whatever it did."""
    yield OldClient(api)
    api.realm.audit()


def bought(client: OldClient) -> int:
    """Return the item that was bought last."""
    last = client.last
    assert (last["kind"], last["status"]) == ("purchase", "settled")
    (item,) = (leg["item_id"] for leg in last["legs"] if leg["asset"] == "item")
    return int(item)


def test_the_default_response_is_given_to_whatever_is_asked_of_it(client: OldClient) -> None:
    for path in ("/", "/?user=x", "/?%FF=%00&a"):
        assert client.get(path).strip() == "This is the default response!"
    assert client.api.realm.events() == []


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("/purchase_sword", PLAIN_SWORD),
        ("/purchase_a_sword", PLAIN_SWORD),
        ("/purchase_a_sword?metal=copper", 111),
        ("/purchase_a_sword?metal=Copper&power_level=50&magical=True", 115),
        ("/purchase_a_sword?magical=False&power_level=100&metal=copper", 113),
        ("/purchase_a_sword?metal=iron", 2),
        ("/purchase_a_sword?sword_type=Masterwork Mithril", 173),
        ("/purchase_a_shield", PLAIN_SHIELD),
        ("/purchase_a_potion", PLAIN_POTION),
    ],
)
def test_what_the_catalogue_has_is_bought(client: OldClient, path: str, item: int) -> None:
    assert "Purchased" in client.get(path)
    assert bought(client) == item
    assert client.asked == {"host": HOST}


@pytest.mark.parametrize(
    ("query", "item", "kept"),
    [
        ("sword_type=Bleak Star", PLAIN_SWORD, {"sword_type": "Bleak Star"}),
        ("metal=cheese&power_level=70", PLAIN_SWORD, {"metal": "cheese", "power_level": "70"}),
        ("metal=copper&power_level=70&x=y", 111, {"power_level": "70", "x": "y"}),
        ("user=Ann&guild=", PLAIN_SWORD, {"guild": ""}),
    ],
)
def test_words_that_the_catalogue_does_not_know_are_kept(
    client: OldClient, query: str, item: int, kept: dict[str, str]
) -> None:
    client.get(f"/purchase_a_sword?{query}")
    assert bought(client) == item
    assert client.asked == {"host": HOST, "said": kept}


def test_the_answers_are_those_that_old_clients_know(client: OldClient) -> None:
    assert client.get("/purchase_a_sword") == "Sword Purchased!\n"
    assert client.get("/purchase_sword?metal=copper&sword_type=Bleak%20Star") == (
        'Sword Purchased: {"metal":"copper","sword_type":"Bleak Star"}\n'
    )
    assert client.get("/purchase_a_shield?user=Ann") == "Shield Purchased!\n"
    assert client.get("/purchase_a_potion?user=Ann") == "Potion Purchased!\n"
    assert client.get("/join_a_guild") == "Joined a Guild!\n"
    assert client.get("/leave_guild") == "Left Guild!\n"
    assert client.get("/get_credit") == "Received Credit!\n"
    assert client.get("/enter_a_battle").startswith("Entered a Battle!")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("weapon_type", "item", "kept"),
    [
        ("sword", PLAIN_SWORD, {}),
        ("bow", PLAIN_BOW, {}),
        ("spear", 401, {}),
        ("dagger", 501, {}),
        ("spell", 601, {}),
        ("axe", PLAIN_SWORD, {"weapon_type": "axe"}),
    ],
)
def test_a_weapon_is_bought_at_our_price(
    client: OldClient, method: str, weapon_type: str, item: int, kept: dict[str, str]
) -> None:
    claims = {"damage_level": 70, "range": 2, "gold_cost": 150}
    text = client.text(method, "/purchase_a_weapon", {"weapon_type": weapon_type, **claims})
    assert text.startswith(f'Weapon Purchased! {{"weapon_type":"{weapon_type}",')
    assert bought(client) == item
    assert client.asked == {"host": HOST, "said": {**kept, **claims}}
    price = client.api.realm.services.catalogue.item(item).value
    assert [leg["quantity"] for leg in client.last["legs"]] == [price, 1]


def test_a_weapon_without_a_body_is_a_sword(client: OldClient) -> None:
    assert client.get("/purchase_a_weapon") == "Weapon Purchased!\n"
    assert bought(client) == PLAIN_SWORD


def test_a_guest_is_an_adventurer_known_by_user_or_else_by_host(client: OldClient) -> None:
    client.get("/purchase_a_sword")
    client.get("/purchase_a_shield")
    client.get("/purchase_a_sword?user=Ann")
    OldClient(client.api, "user2.att.com").get("/purchase_a_sword?user=Ann")
    OldClient(client.api, "user2.att.com").get("/purchase_a_sword?user=")
    OldClient(client.api, "USER2.att.com").get("/purchase_a_sword")
    players = {p.player_id: p for p in client.api.realm.services.store.all_players()}
    assert {p.username: p.inventory.used_capacity for p in players.values()} == {
        HOST: 2,
        "Ann": 2,
        "user2.att.com": 2,
    }
    assert {p.player_class for p in players.values()} == {"adventurer"}


@pytest.mark.parametrize("path", ["/purchase_a_sword", "/join_a_guild", "/enter_a_battle"])
def test_a_guest_met_by_many_at_once_is_one_player(client: OldClient, path: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: client.get(f"{path}?user=Ann"), range(32)))
    (guest,) = client.api.realm.services.store.all_players()
    assert guest.username == "Ann"
    grants = [e for e in client.api.realm.events() if e.get("kind") == "starter_grant"]
    assert [(e["status"], e["player_1_id"]) for e in grants] == [("settled", guest.player_id)]


def test_a_guest_whose_creator_died_halfway_is_created_by_the_next(client: OldClient) -> None:
    store = client.api.realm.services.store
    set_aside = store.next_player_id()
    assert store.set_guest(HOST, set_aside) == set_aside
    client.api.realm.create("farmer")
    assert client.get("/purchase_a_sword") == "Sword Purchased!\n"
    assert client.last["player_1_id"] == set_aside


def test_a_guest_is_never_given_the_id_of_someone_else(client: OldClient) -> None:
    realm = client.api.realm
    farmer = realm.create("farmer")
    # As after an old backup: the counter gives the farmer's id out again.
    realm.redis.set(realm.keys.player_ids, farmer - 1)
    client.get("/purchase_a_sword")
    assert client.last["player_1_id"] != farmer
    assert realm.services.store.read([farmer]).players[farmer].version == 1


def test_guests_are_told_apart_however_long_their_names(client: OldClient) -> None:
    for tail in ("a", "b"):
        client.get(f"/purchase_a_sword?user={'x' * 5_000}{tail}")
    names = {p.username for p in client.api.realm.services.store.all_players()}
    assert names == {guest_name("x" * 5_000 + tail) for tail in ("a", "b")}
    assert {len(name) for name in names} == {64}


@pytest.mark.parametrize(
    ("player_class", "told"), [("random", ""), ("banker", "banker"), ("adventurer", "adventurer")]
)
def test_a_player_is_created(client: OldClient, player_class: str, told: str) -> None:
    body = b'{\t"player_class":\t"%b", "username": "Nansa"}\n' % player_class.encode()
    text = client.text("PUT", "/create_player", body)
    (player,) = client.api.realm.services.store.all_players()
    assert text == (
        f"New {player.player_class} (player_id = {player.player_id}) "
        "with username = Nansa created.\n"
    )
    assert player.player_class.startswith(told)


@pytest.mark.parametrize("body", [None, {}, {"username": None, "color": "red"}])
def test_a_player_that_is_not_described_is_drawn(client: OldClient, body: Any) -> None:
    assert client.text("PUT", "/create_player", body).startswith("New ")


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"1", {"player_class": 7}, {"username": "x" * 65}, {"username": ["a"]}]
)
def test_a_malformed_player_is_told_so(client: OldClient, body: Any) -> None:
    answer = client.ask("PUT", "/create_player", body)
    assert (answer.status, answer.reason) == (400, "malformed")
    assert client.api.realm.events() == []


def test_a_class_that_there_is_not_is_told_and_creates_nobody(client: OldClient) -> None:
    text = client.text("PUT", "/create_player", {"player_class": "king"})
    assert "unknown_class" in text
    assert client.api.realm.events() == []


@pytest.mark.parametrize("path", ["/join_a_guild", "/join_guild"])
@pytest.mark.parametrize(
    ("said", "guild", "fee", "kept"),
    [
        ({}, "Green Table", 0, {}),
        ({"guild_name": "Ironhand"}, "Ironhand", 100, {}),
        ({"guild_name": "crown company"}, "Crown Company", 10_000, {}),
        ({"region": "Harbor"}, "Silver Ledger", 250, {}),
        ({"region": "ny"}, "Green Table", 0, {"region": "ny"}),
        (
            {"guild_name": "mages", "special_power": "flying"},
            "Green Table",
            0,
            {"guild_name": "mages", "special_power": "flying"},
        ),
    ],
)
def test_a_guild_is_joined_by_name_by_region_or_the_plain_one(
    client: OldClient, path: str, said: dict[str, str], guild: str, fee: int, kept: dict[str, str]
) -> None:
    text = client.post(path, said or None)
    assert text.startswith("Joined a Guild!")
    assert client.last["guild"] == guild
    assert client.asked.get("said", {}) == kept
    (guest,) = client.api.realm.services.store.all_players()
    assert (guest.guild, guest.gold) == (guild, 100_000_000 - fee)


def test_a_founded_guild_can_be_joined_too(client: OldClient) -> None:
    client.api.post("/v1/guilds", {"name": "Night Watch", "fee": 5})
    client.get("/join_a_guild?guild_name=night watch")
    assert client.last["guild"] == "Night Watch"


def test_joining_another_guild_leaves_the_first_in_one_commit(client: OldClient) -> None:
    client.get("/join_a_guild?guild_name=Ironhand")
    assert client.get("/join_a_guild?guild_name=Wayfarers").startswith("Joined a Guild!")
    events = client.api.realm.events()[-4:]
    assert [(e.get("kind"), e["guild"]) for e in events] == [
        ("guild_leave", "Ironhand"),
        (None, None),
        ("guild_join", "Wayfarers"),
        (None, "Wayfarers"),
    ]
    _, last_commit = client.api.realm.entries()[-1]
    assert len(last_commit[b"1"].split(b"\n")) == len(events)
    members = client.api.realm.services.guilds.members
    assert (members("Ironhand", 0, 9), members("Wayfarers", 0, 9)) == ([], [GUEST])
    assert "already_in_guild" in client.get("/join_a_guild?guild_name=wayfarers")


def test_who_cannot_pay_the_new_guild_stays_in_the_old(client: OldClient) -> None:
    client.api.post("/v1/guilds", {"name": "Dear", "fee": 100_000_001})
    client.get("/join_a_guild?guild_name=Ironhand")
    assert "insufficient_gold" in client.get("/join_a_guild?guild_name=Dear")
    (guest,) = client.api.realm.services.store.all_players()
    assert (guest.guild, guest.gold) == ("Ironhand", 99_999_900)
    assert client.api.realm.services.guilds.members("Ironhand", 0, 9) == [GUEST]


def test_a_guild_is_left_by_name_or_whichever_it_is(client: OldClient) -> None:
    assert "not_in_guild" in client.get("/leave_guild")
    client.get("/join_a_guild?guild_name=Ironhand")
    assert "not_in_guild" in client.get("/leave_guild?guild_name=Wayfarers")
    assert client.get("/leave_guild?guild_name=Ironhand") == "Left Guild!\n"
    client.get("/join_a_guild?guild_name=mages")
    assert client.get("/leave_guild?guild_name=mages") == "Left Guild!\n"
    assert client.asked["said"] == {"guild_name": "mages"}


@pytest.mark.parametrize(
    ("query", "guild"),
    [("", "Green Table"), ("?guild_name=ironhand", "Ironhand"), ("?guild_name=x", "Green Table")],
)
def test_credit_is_granted_by_a_guilds_house(client: OldClient, query: str, guild: str) -> None:
    assert client.get(f"/get_credit{query}") == "Received Credit!\n"
    last = client.last
    assert (last["kind"], last["guild"]) == ("grant", guild)
    (leg,) = last["legs"]
    assert (leg["from_account"], leg["quantity"]) == (f"house:guild:{guild}", 10)


def test_credit_comes_from_the_own_guild(client: OldClient) -> None:
    client.get("/join_a_guild?guild_name=Ironhand")
    client.get("/get_credit")
    assert client.last["guild"] == "Ironhand"


@pytest.mark.parametrize(
    ("method", "body", "enemy", "kept"),
    [
        ("GET", None, "Cave Rat", {}),
        ("POST", {"enemy": "Exodus", "outcome": "won"}, "Exodus", {"outcome": "won"}),
        ("POST", {"enemy": "exodus"}, "Exodus", {}),
        ("POST", {"enemy": "Balrog"}, "Cave Rat", {"enemy": "Balrog"}),
        ("POST", {"enemy": ["Exodus"]}, "Cave Rat", {"enemy": '["Exodus"]'}),
    ],
)
def test_a_battle_ends_as_we_say_and_the_claim_is_kept(
    client: OldClient, method: str, body: Any, enemy: str, kept: dict[str, str]
) -> None:
    text = client.text(method, "/enter_a_battle", body)
    last = client.last
    assert text == (f'Entered a Battle! {{"enemy":"{enemy}","outcome":"{last["outcome"]}"}}\n')
    assert (last["kind"], last["enemy"], last.get("weapon_item_id")) == ("battle", enemy, None)
    assert client.asked.get("said", {}) == kept


def test_a_claimed_victory_is_not_believed(client: OldClient) -> None:
    # Of ten battles with bare hands against a strength of 300 nobody wins all.
    for _ in range(10):
        client.post("/enter_a_battle", {"enemy": "Exodus", "outcome": "won"})
    outcomes = {e["outcome"] for e in client.api.realm.events() if e.get("kind") == "battle"}
    assert "lost" in outcomes


def test_a_guest_fights_with_the_best_weapon_it_has(client: OldClient) -> None:
    client.get("/purchase_a_sword?metal=copper")
    client.get("/purchase_a_sword?metal=copper&magical=True")
    client.get("/purchase_a_potion?power_level=100")
    client.get("/enter_a_battle")
    assert client.last["weapon_item_id"] == 114


def test_nobody_shuts_the_server_down(client: OldClient) -> None:
    assert client.get("/shutdown") == "Nothing happens.\n"
    assert client.get("/") == "This is the default response!\n"


def test_a_refusal_is_recorded_and_told_with_200(client: OldClient) -> None:
    realm = client.api.realm
    client.get("/purchase_a_sword")
    (guest,) = realm.services.store.all_players()
    farmer = realm.create("farmer")
    one, two = ({"player_id": p} for p in (guest.player_id, farmer))
    client.api.post("/v1/trades", {"player_1": {**one, "gold": guest.gold}, "player_2": two})
    text = client.get("/purchase_a_sword")
    assert text.startswith("Refused: insufficient_gold.")
    assert "Purchased" not in text
    assert (client.last["status"], client.last["reason"]) == ("rejected", "insufficient_gold")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/purchase_a_dummy_sword", 404),
        ("GET", "/purchase_a_sword/", 404),
        ("POST", "/purchase_a_sword", 405),
        ("GET", "/create_player", 405),
        ("GET", "/trade", 405),
    ],
)
def test_other_paths_and_methods_are_none(
    client: OldClient, method: str, path: str, status: int
) -> None:
    assert client.ask(method, path).status == status


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff", b"1e400", b"[" * 100_000])
@pytest.mark.parametrize("path", ["/purchase_a_weapon", "/join_guild", "/enter_a_battle"])
def test_a_body_that_is_no_object_is_malformed(client: OldClient, path: str, body: bytes) -> None:
    assert client.ask("POST", path, body).status == 400
    assert client.api.realm.events() == []


def test_what_a_client_sends_comes_back_as_no_html(client: OldClient) -> None:
    script = "<script>alert(1)</script>&"
    answers = [
        client.text("PUT", "/create_player", {"username": script}),
        client.get("/purchase_a_sword?sword_type=%3Cscript%3Ealert(1)%3C/script%3E"),
        client.post("/join_guild", {script: script}),
        client.post("/purchase_a_weapon", {"weapon_type": script}),
    ]
    for text in answers:
        assert "script" in text
        assert "<" not in text


@pytest.mark.parametrize(
    "words",
    [
        {str(number): "x" for number in range(1_000)},
        {"x" * 10_000: "y" * 10_000},
        {"deep": [[[["x" * 500]]]], "large": 10**400, "odd": "\x00\U0001f600\n", "none": None},
        {"é" * 500: "é" * 500},
    ],
)
def test_what_an_event_keeps_of_a_clients_words_is_bounded(
    client: OldClient, words: dict[str, Any]
) -> None:
    client.post("/enter_a_battle", words)
    assert len(client.last["asked"].encode()) <= ASKED_BYTES_MAX
    assert client.asked["cut"] is True


def test_any_bytes_may_stand_in_a_query(client: OldClient) -> None:
    for query in ("user=%FF%FE", "metal=%80&%FF=%00", "user=%F0%9F%98%80", "&&=&==&a=b=c&%"):
        assert "Sword Purchased" in client.get(f"/purchase_a_sword?{query}")


@pytest.mark.parametrize(
    ("routes", "host", "served"),
    [
        ("auto", "127.0.0.1", True),
        ("auto", "::1", True),
        ("auto", "localhost", True),
        ("auto", "127.8.8.8", True),
        ("auto", "0.0.0.0", False),  # noqa: S104 - an example
        ("auto", "::", False),
        ("auto", "10.0.0.7", False),
        ("auto", "game.example", False),
        ("on", "127.0.0.1", True),
        ("off", "127.0.0.1", False),
        ("everywhere", "0.0.0.0", True),  # noqa: S104 - an example
    ],
)
def test_they_are_served_where_only_this_machine_reaches_them_unless_someone_insists(
    api: Api,
    routes: Any,
    host: str,
    served: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    settings = replace(api.realm.settings, legacy_routes=routes, api_host=host)
    assert serves_legacy_routes(settings) == served
    with api_of(api.realm, settings) as its_api:
        answer = OldClient(its_api).ask("GET", "/purchase_a_sword")
        assert answer.status == (200 if served else 404)


def test_a_start_that_would_serve_them_to_everybody_is_refused() -> None:
    settings = Settings(api_host="0.0.0.0", legacy_routes="on")  # noqa: S104 - an example
    with pytest.raises(SettingsError, match="GUILDHALL_LEGACY_ROUTES to auto, to everywhere"):
        serves_legacy_routes(settings)


def test_a_guest_is_a_player_like_any_other(client: OldClient) -> None:
    client.get("/purchase_a_sword")
    realm = client.api.realm
    told = realm.services.players.guest(HOST, "adventurer", Asked())
    assert client.api.get(f"/v1/players/{told.player_id}").body["username"] == HOST
