"""Business risk: what the door takes was written after our own idea of a webhook. Here a shop sends, and our client registers."""

import time

import pytest
from door_desk import SECRET, XERO_KEY

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


# The organisation


@pytest.fixture
def books():
    town = Town()
    contact = town.books.add_contact({"Name": "Jo Park"})
    line = {"Description": "Mug", "Quantity": 1, "UnitAmount": "20.00", "AccountCode": "200"}
    about = {"Type": "ACCREC", "Contact": {"ContactID": contact}, "Date": "2026-11-24", "DueDate": "2026-11-24"}
    for number in ("BC-1042", "INV-7"):
        town.books.add_invoice({**about, "InvoiceNumber": number, "Status": "AUTHORISED", "LineItems": [line]})
    yield town.books
    town.books.messenger.close()


def posted(the_door, books):
    """BC-1042 is ours, and was written some days ago."""
    with the_door.database() as db, db.transaction(), db._connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO document_link (store, subject_kind, subject_key, kind, part, xero_id, number, status, source_hash,"
            " body_hash, revision) VALUES ('au', 'order', '1042', 'invoice', '1', %s, 'BC-1042', 'AUTHORISED', '', '', now())",
            (books.invoice("BC-1042")["InvoiceID"],),
        )


def test_the_doors_answers_prove_our_intent_to_receive_and_with_another_key_they_do_not(the_door, books):
    assert not books.messenger.subscribe(f"{the_door.url}/xero/company", "another key")
    assert books.messenger.subscribe(f"{the_door.url}/xero/company", XERO_KEY)


def test_what_a_person_edits_in_xero_makes_its_order_due_and_what_is_not_ours_wakes_nothing(the_door, books):
    posted(the_door, books)
    assert books.messenger.subscribe(f"{the_door.url}/xero/company", XERO_KEY)
    books.edit_invoice("INV-7", {"Reference": "theirs"})
    books.edit_invoice("BC-1042", {"Reference": "changed"})
    time.sleep(0.3)
    assert books.messenger.idle()

    deadline = time.monotonic() + 5
    while not the_door.due() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert the_door.due() == [("order", "1042", "changed_in_xero")]
    assert {status for _, status in books.messenger.sent} == {200}
