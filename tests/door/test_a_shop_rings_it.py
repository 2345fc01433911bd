"""Business risk: what the door takes was written after our own idea of a webhook. Here a shop sends, and our client registers."""

import time

import pytest
from door_desk import SECRET

from include.clients.bigcommerce import BigCommerce
from include.sandbox.order_builder import an_order
from include.sandbox.town import Town
from include.settings.door_secret import HEADER
from include.stages import hooks

DOOR = "https://bridge.example.com"  # it stands by itself here, without the console's path before it
ORDERS = range(7001, 7051)


@pytest.fixture
def shop(the_door):
    """The sandbox's shop, in which our client registered what it wants, and which finds the door."""
    town = Town()
    town.shop.store_hash = "abc123"
    with (
        town.serve() as base,
        BigCommerce.open(base_url=base, store_hash="abc123", access_token=town.shop.token) as client,
    ):
        scopes = (*hooks.ORDER_SCOPES, *hooks.PRODUCT_SCOPES, *hooks.STOCK_SCOPES)
        address, secret = f"{DOOR}/bigcommerce/au", {HEADER: SECRET}
        found = hooks.compared(scopes, address, secret, client.hooks.listed())
        assert hooks.register(client.hooks, found, address, secret).refused == {}
        town.shop.postman.reach(DOOR, the_door.url)
        yield town.shop
    town.shop.postman.close()


def sells(shop):
    for key in ORDERS:
        shop.put(an_order(key).line("MUG", price="22.00").paid("card").build())
        shop.touch(key, status_id=2)


def due(the_door, shop, kind):
    """The numbers that are due once all that was sent is kept."""
    assert shop.postman.idle()
    deadline = time.monotonic() + 5
    while True:
        found = {key for of, key, _ in the_door.due() if of == kind}
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def test_what_happens_in_the_shop_is_due_once_whatever_number_of_events_it_was(the_door, shop):
    sells(shop)

    assert due(the_door, shop, "order") == {str(key) for key in ORDERS}
    assert {status for _, _, status in shop.postman.sent} == {200}
    assert len(shop.postman.sent) == 3 * len(ORDERS)


def test_events_that_come_twice_and_out_of_order_make_it_due_once(the_door, shop):
    shop.postman.luck.twice, shop.postman.luck.shuffled = 0.5, True
    sells(shop)
    time.sleep(2.1)

    assert due(the_door, shop, "order") == {str(key) for key in ORDERS}
    assert the_door.counted()["again"] > 20


def test_products_and_levels_wake_their_own_flows(the_door, shop):
    mug = shop.catalogue.put("Mug", "MUG")
    shop.set_stock("MUG", 5)

    assert due(the_door, shop, "product") == {str(mug)}
    assert due(the_door, shop, "stock") == {"*"}


def test_a_shop_whose_secret_is_old_is_answered_200_and_not_believed(the_door, shop):
    for row in shop.hooks.rows.values():
        row["headers"] = {HEADER: "an older one"}
    sells(shop)

    assert shop.postman.idle()
    assert {status for _, _, status in shop.postman.sent} == {200}
    assert the_door.due() == []
