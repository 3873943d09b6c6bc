"""Purchases, sales, starter grants and guilds: trades with the house, by the same rules."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from src.classes.account import (
    BATTLE,
    BURN,
    MINT,
    SHOP,
    guild_account,
    player_account,
    player_of,
)
from src.classes.amounts import AMOUNT_MAX
from src.classes.errors import AmountTooLarge, Reason
from src.classes.guild import Guild, guild_join, guild_leave
from src.classes.player import Player
from src.classes.shop import purchase, sale, starter_grant
from src.classes.trade import Leg
from tests.support.rules import (
    CATALOGUE,
    CLASSES,
    COPPER_SWORD,
    GUILDS,
    MILK,
    NO_SUCH_ITEM,
    PLAIN_SWORD,
    newborn,
    player_of_class,
    refused,
    settled,
)

ME = player_account(1)


def test_accounts_say_whose_they_are() -> None:
    assert player_of(player_account(42)) == 42
    houses = [MINT, SHOP, BATTLE, BURN, guild_account("Ironhand")]
    assert [player_of(house) for house in houses] == [None] * 5


def test_a_purchase_pays_the_shop_its_price(farmer: Player) -> None:
    bought = purchase("t", 1, COPPER_SWORD, 3, CATALOGUE)
    assert bought.legs == (Leg(ME, SHOP, 12), Leg(SHOP, ME, 3, COPPER_SWORD))
    after = settled(bought, farmer)[1]
    assert (after.gold, after.version) == (488, 2)
    assert after.inventory.quantity_of(COPPER_SWORD) == 3


def test_a_sale_is_paid_by_the_shop(farmer: Player) -> None:
    sold = sale("t", 1, MILK, 10, CATALOGUE)
    assert sold.legs == (Leg(ME, SHOP, 10, MILK), Leg(SHOP, ME, 30))
    after = settled(sold, farmer)[1]
    assert (after.gold, after.inventory.quantity_of(MILK)) == (530, 389)


def test_buying_then_selling_back_restores_the_player(farmer: Player) -> None:
    bought = settled(purchase("t", 1, PLAIN_SWORD, 5, CATALOGUE), farmer)[1]
    back = settled(sale("t", 1, PLAIN_SWORD, 5, CATALOGUE), bought)[1]
    assert back == replace(farmer, version=3)


def test_a_purchase_that_cannot_be_paid_is_refused(farmer: Player) -> None:
    refusal = refused(purchase("t", 1, 12, 1, CATALOGUE), farmer)
    assert refusal.reason is Reason.INSUFFICIENT_GOLD
    assert refusal.error.facts == {"player_id": 1, "has": 500, "needs": 10_000}


def test_a_purchase_that_does_not_fit_is_refused(farmer: Player) -> None:
    assert refused(purchase("t", 1, MILK, 101, CATALOGUE), farmer).reason is Reason.NO_SPACE


def test_a_sale_of_what_is_not_owned_is_refused(farmer: Player) -> None:
    assert refused(sale("t", 1, PLAIN_SWORD, 1, CATALOGUE), farmer).reason is Reason.MISSING_ITEMS


def test_a_sale_that_would_pass_the_largest_amount_is_refused(farmer: Player) -> None:
    rich = replace(farmer, gold=AMOUNT_MAX - 2)
    assert refused(sale("t", 1, MILK, 1, CATALOGUE), rich).reason is Reason.AMOUNT_LIMIT


@pytest.mark.parametrize("write", [purchase, sale])
def test_an_unknown_item_is_neither_bought_nor_sold(farmer: Player, write: object) -> None:
    trade = (purchase if write is purchase else sale)("t", 1, NO_SUCH_ITEM, 1, CATALOGUE)
    assert refused(trade, farmer).reason is Reason.UNKNOWN_ITEM


@pytest.mark.parametrize("write", [purchase, sale])
def test_a_price_past_the_largest_amount_cannot_be_written(write: object) -> None:
    with pytest.raises(AmountTooLarge):
        (purchase if write is purchase else sale)("t", 1, MILK, AMOUNT_MAX, CATALOGUE)


@pytest.mark.parametrize("name", list(CLASSES))
def test_a_starter_grant_makes_a_player_of_its_class(name: str) -> None:
    player_class = CLASSES[name]
    grant = starter_grant("t", 1, player_class.gold, player_class.stacks)
    assert {leg.from_account for leg in grant.legs} == {MINT}
    assert settled(grant, newborn(name, 1))[1] == player_of_class(name, 1)


def test_a_starter_grant_that_does_not_fit_is_refused() -> None:
    grant = starter_grant("t", 1, 0, [(MILK, 1_000)])
    assert refused(grant, newborn("farmer", 1)).reason is Reason.NO_SPACE


def test_joining_a_guild_pays_its_fee_to_its_house(farmer: Player) -> None:
    joined = guild_join("t", 1, GUILDS["Ironhand"])
    assert joined.legs == (Leg(ME, guild_account("Ironhand"), 100),)
    after = settled(joined, farmer)[1]
    assert (after.guild, after.gold, after.version) == ("Ironhand", 400, 2)


def test_joining_a_guild_without_a_fee_moves_nothing(farmer: Player) -> None:
    joined = guild_join("t", 1, GUILDS["Green Table"])
    assert joined.legs == ()
    assert settled(joined, farmer)[1] == replace(farmer, guild="Green Table", version=2)


def test_a_fee_that_cannot_be_paid_is_refused(farmer: Player) -> None:
    assert refused(guild_join("t", 1, GUILDS["Crown Company"]), farmer).reason is (
        Reason.INSUFFICIENT_GOLD
    )


@pytest.mark.parametrize("guild", ["Ironhand", "Wayfarers"])
def test_a_member_of_a_guild_joins_none(farmer: Player, guild: str) -> None:
    member = replace(farmer, guild="Ironhand")
    refusal = refused(guild_join("t", 1, GUILDS[guild]), member)
    assert refusal.reason is Reason.ALREADY_IN_GUILD
    assert refusal.error.facts == {"player_id": 1, "guild": "Ironhand"}


def test_leaving_a_guild_is_free(farmer: Player) -> None:
    member = replace(farmer, guild="Ironhand")
    assert settled(guild_leave("t", 1, "Ironhand"), member)[1] == replace(farmer, version=2)


@pytest.mark.parametrize(
    ("member_of", "leaves"), [(None, "Ironhand"), (None, None), ("Wayfarers", "Ironhand")]
)
def test_only_the_own_guild_can_be_left(
    farmer: Player, member_of: str | None, leaves: str | None
) -> None:
    player = replace(farmer, guild=member_of)
    assert refused(guild_leave("t", 1, leaves), player).reason is Reason.NOT_IN_GUILD


@pytest.mark.parametrize("name", ["", " Iron", "Iron\n", "Iron:hand", "A" * 65, "Éire"])
def test_a_guild_has_a_plain_name(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": name}, Guild)
