"""Stock over a real socket, against the sandbox: what is set is read back, late or not, and a refusal is told."""

from __future__ import annotations

import pytest

from include.clients.errors import OutcomeUnknown, Refused


def level(place, sku: str) -> int:
    rows = [row for part in place.shop.inventory_items() for row in part.content["data"]]
    [found] = [row for row in rows if row["identity"]["sku"] == sku]
    return int(found["locations"][0]["total_inventory_onhand"])


def adjusted(place, sku: str, quantity: int, how: str) -> str:
    row = {"location_id": 1, "sku": sku, "quantity": quantity}
    return place.shop.adjust_stock([row], how=how, reason="Stock of the books")


def test_a_level_that_is_set_and_then_moved_is_read_back(place):
    place.town.shop.set_stock("MUG", 5)

    first = adjusted(place, "MUG", 12, "absolute")
    assert level(place, "MUG") == 12
    second = adjusted(place, "MUG", -3, "relative")
    assert level(place, "MUG") == 9
    assert first != second
    assert place.town.shop.stock_of("MUG")["total_inventory_onhand"] == 9


def test_the_locations_of_the_shop_are_read(place):
    place.town.shop.set_stock("MUG", 5)

    [part] = place.shop.locations()
    assert 1 in {row["id"] for row in part.content["data"]}
    assert [row for part in place.shop.inventory_items(location_id=1) for row in part.content["data"]]


def test_an_item_that_the_shop_does_not_know_is_refused_in_its_words(place):
    with pytest.raises(Refused) as raised:
        adjusted(place, "NOWHERE", 1, "absolute")

    assert raised.value.status == 422
    assert raised.value.problems


def test_an_adjustment_whose_answer_is_lost_was_done_once(place):
    place.town.shop.set_stock("MUG", 5)
    adjusted(place, "MUG", 5, "absolute")
    place.town.stories.lose_the_next_answer("bigcommerce")

    with pytest.raises(OutcomeUnknown):
        adjusted(place, "MUG", -3, "relative")
    assert level(place, "MUG") == 2


def test_a_level_may_be_read_late(place):
    place.town.shop.set_stock("MUG", 5)
    place.town.shop.inventory_delay_s = 30.0

    adjusted(place, "MUG", 12, "absolute")
    assert level(place, "MUG") == 5
    place.town.clock.advance(31)
    assert level(place, "MUG") == 12
