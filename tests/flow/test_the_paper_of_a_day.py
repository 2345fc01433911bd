"""Business risk: what finance reads is not what shop, ledger and Xero say. Here the day is a real one, from shop to page."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from page_reader import PageReader

from include.papers.page import Around, page
from include.papers.plain import plain
from include.sandbox.order_builder import an_order
from include.stages.reconciliation import paper, reconcile, sign

SYDNEY = ZoneInfo("Australia/Sydney")


class Day:
    """Three days ago, on which three orders were placed; all are in the books, two are paid."""

    def __init__(self, bridge):
        self.bridge, self.books = bridge, bridge.town.books
        for kept in list(bridge.town.shop):
            bridge.town.shop.remove(kept.order["id"])
        self.day = bridge.town.clock.now().astimezone(SYDNEY).date() - timedelta(days=3)
        noon = datetime.combine(self.day, time(12), SYDNEY)
        for each in (
            an_order(4001).line("MUG", price="22.00", quantity=2).paid("card"),
            an_order(4002).line("TENT", price="110.00").authorised("card"),
            an_order(4003).line("BOOK", price="33.00").paid("paypal"),
        ):
            bridge.town.shop.put(each.placed(noon).build())
        bridge.run()

    def version(self):
        with self.bridge.shop() as shop, self.bridge.books() as books:
            return reconcile(shop, books, self.bridge.db, self.bridge.store, self.day)

    def paper(self):
        return paper(self.bridge.db, self.bridge.store, self.day)


@pytest.fixture
def day(bridge):
    return Day(bridge)


def read(day):
    return PageReader(page(day.paper(), Around("Demo shop")))


def test_a_day_that_agrees_is_a_page_that_says_so_with_the_bank_accounts_to_the_cent(day):
    day.version()

    shown = read(day)

    assert "They agree The shop sold 3 orders: AUD 187.00." in shown.words
    assert ["Sales", "187.00 3", "187.00 3", "187.00 3", "agrees"] in shown.table("", "Shop")
    assert [row[0:4] for row in shown.table("Account", "Currency")] == [
        ["615-CARD", "AUD", "44.00 1", "44.00 1"],
        ["616-PP", "AUD", "33.00 1", "33.00 1"],
    ]


def test_what_somebody_did_in_xero_after_the_signature_is_told_on_top_of_what_was_signed(day):
    day.version()
    sign(day.bridge.db, day.bridge.store, day.day, "ann", "")
    day.books.edit_invoice("BC-4002", {"Status": "VOIDED"})
    day.version()

    shown = read(day)

    assert "1 difference needs you since it was signed When it was signed: they agree." in shown.words
    assert "order 4002: Gone from Xero, AUD 110.00 in the shop, – in Xero" in shown.after("New since then")
    assert ["Sales", "187.00 3", "187.00 3", "187.00 3", "agrees"] in shown.table("", "Shop")
    assert "  new: 4002, Gone from Xero, AUD" in plain(day.paper()).splitlines()
