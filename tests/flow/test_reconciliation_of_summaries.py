"""A shop that sums up its days: one invoice a day, and still every order has its three sides. And what is short on the shelf."""

from dataclasses import replace
from datetime import timedelta

import pytest
from reckoned_day import columns, is_explained_to_the_cent, named
from summed_days import DAY_NUMBER, FIRST, THE_DAY, a_sale, close_the_day, put, sell, thirty_orders

from include.stages import stock
from include.stages.orders.deciding import decide
from include.stages.reconciliation import paper, reconcile

DAY = (THE_DAY + timedelta(hours=11)).date()


def eight_orders():
    return list(thirty_orders())[:8]


def report(bridge):
    with bridge.shop() as shop, bridge.books() as books:
        reconcile(shop, books, bridge.db, bridge.store, DAY)
    found = paper(bridge.db, bridge.store, DAY)
    return found.addenda[-1][1] if found.addenda else found.report


@pytest.fixture
def summed_day(summed):
    sell(summed, *eight_orders())
    close_the_day(summed)
    return summed


def test_orders_that_wait_for_the_night_are_on_their_way_and_agree_in_the_morning(summed):
    sell(summed, *eight_orders())
    assert {each.cause for each in report(summed).differences} == {"on_its_way"}

    close_the_day(summed)
    found = report(summed)

    assert found.differences == ()
    [(count, total)] = set(columns(found))
    assert count == 8
    assert total == str(summed.town.books.invoice(DAY_NUMBER)["Total"])
    assert len(set(columns(found, "payments"))) == 1
    assert all(each.ledger.amount == each.xero.amount for each in found.tenders)


def test_a_days_invoice_that_is_gone_names_every_order_that_was_in_it(summed_day):
    books = summed_day.town.books
    for payment in books.payments():
        if payment["Invoice"]["InvoiceNumber"] == DAY_NUMBER:
            books.delete_payment(payment["PaymentID"])
    books.edit_invoice(DAY_NUMBER, {"Status": "VOIDED"})

    found = report(summed_day)

    sales = [each for each in named(found) if each[1] == "sales"]
    assert sales == [(FIRST + n, "sales", "missing_in_xero") for n in range(8)]
    assert {each.number for each in found.differences if each.what == "sales"} == {DAY_NUMBER}
    assert {each.cause for each in found.differences if each.what == "payments"} == {"payment_missing"}
    assert is_explained_to_the_cent(found)


def test_a_days_invoice_that_was_edited_is_one_difference_beside_its_orders(summed):
    sell(summed, a_sale(FIRST).unpaid().status(11), a_sale(FIRST + 1))
    sell(summed, a_sale(FIRST + 2))
    close_the_day(summed)
    books = summed.town.books
    for payment in books.payments():
        if payment["Invoice"]["InvoiceNumber"] == DAY_NUMBER:
            books.delete_payment(payment["PaymentID"])
    kept = books.invoice(DAY_NUMBER)["LineItems"][0]
    names = ("LineItemID", "Description", "AccountCode", "TaxType")
    line = {name: kept[name] for name in names} | {"Quantity": 1, "UnitAmount": "40.00"}
    books.edit_invoice(DAY_NUMBER, {"LineItems": [line]})

    found = report(summed)

    [sale] = [each for each in found.differences if each.what == "sales"]
    assert (sale.order_key, sale.cause, sale.number) == ("", "edited_in_xero", DAY_NUMBER)
    assert is_explained_to_the_cent(found)


def test_an_order_that_changed_after_its_day_was_posted_is_named_alone(summed_day):
    put(summed_day, a_sale(FIRST, "99.00"))

    found = report(summed_day)

    assert (FIRST, "sales", "changed_in_shop") in named(found)
    assert {each[0] for each in named(found)} == {FIRST}


def test_what_an_edit_added_to_a_posted_day_counts_the_order_once(summed):
    sell(summed, a_sale(FIRST), a_sale(FIRST + 1))
    close_the_day(summed)
    grown = a_sale(FIRST).settled().line("BOOK", price="18.40", tax=("GST Free", "0")).paid("paypal")
    sell(summed, grown.modified(THE_DAY + timedelta(days=1)))
    close_the_day(summed, after_days=2)
    assert f"{DAY_NUMBER}-S2" in {each["InvoiceNumber"] for each in summed.town.books.invoices()}

    found = report(summed)

    assert found.differences == ()
    assert columns(found) == [(2, "62.40")] * 3


def test_what_became_less_and_a_person_took_as_right_needs_nobody(summed):
    order = a_sale(FIRST).line("BOOK", price="18.40")
    sell(summed, order)
    close_the_day(summed)
    sell(summed, order.settled().without("BOOK").modified(THE_DAY + timedelta(days=1)))
    before = named(report(summed))
    assert (FIRST, "sales", "still_held") in before
    assert {cause for _, _, cause in before} == {"still_held"}  # what was paid too much as well

    decide(summed.db, summed.store, FIRST, "accept", by="ada", why="given back in cash", reason="edited_after_payment")
    summed.run()

    assert (FIRST, "sales", "accepted") in named(report(summed))


def test_refunds_of_a_day_are_compared_refund_by_refund(summed):
    back = a_sale(FIRST, "33.00").refunded({"CUP": 1}, at=THE_DAY + timedelta(hours=1))
    sell(summed, back, a_sale(FIRST + 1).refunded({"CUP": 1}, at=THE_DAY + timedelta(hours=2)))
    close_the_day(summed)
    found = report(summed)
    assert found.differences == ()
    assert columns(found, "refunds") == [(2, "55.00")] * 3

    books = summed.town.books
    for payment in books.payments():
        if payment["PaymentType"] == "ARCREDITPAYMENT":
            books.delete_payment(payment["PaymentID"])
    assert named(report(summed)) == [
        (FIRST, "payments", "payment_missing"),
        (FIRST + 1, "payments", "payment_missing"),
    ]


TRACKED = {
    "IsTrackedAsInventory": True,
    "InventoryAssetAccountCode": "630",
    "PurchaseDetails": {"COGSAccountCode": "310"},
}


def look_at_the_stock(bridge, run_id):
    with bridge.shop() as shop, bridge.books() as books:
        batch = stock.extract(shop, stock.xero_items(books, bridge.db, bridge.store), bridge.db, bridge.store, run_id)
        stock.check(bridge.db, bridge.store, batch)
        stock.transform(bridge.db, bridge.store, batch)
        stock.load(shop, bridge.db, bridge.store, batch)
    stock.audit(bridge.db, bridge.store, batch)
    opened_at = bridge.db.row("batches.batch", batch_id=batch)["opened_at"]
    bridge.db.rollback()
    return opened_at


def test_stock_that_differs_says_since_when_without_a_break(bridge, desk):
    file = bridge.store.file
    shelves = file.stock.model_copy(update={"enabled": True, "dry_run": True})
    bridge = replace(bridge, store=replace(bridge.store, file=file.model_copy(update={"stock": shelves})))
    for code in ("KETTLE", "LAMP"):
        bridge.town.books.add_item({"Code": code, "Name": code, "QuantityOnHand": 10, **TRACKED})
        bridge.town.shop.set_stock(code, 10)
    bridge.town.shop.set_stock("LAMP", 4)
    look_at_the_stock(bridge, "first")
    bridge.town.shop.set_stock("LAMP", 10)
    look_at_the_stock(bridge, "agrees")
    bridge.town.shop.set_stock("LAMP", 7)
    since = look_at_the_stock(bridge, "again")
    look_at_the_stock(bridge, "still")

    [lamp] = [each for each in report(bridge).stock if each.sku in ("KETTLE", "LAMP")]

    assert (lamp.sku, str(lamp.in_xero), lamp.in_store, lamp.target) == ("LAMP", "10.00", 7, 10)
    assert lamp.first_seen == since
