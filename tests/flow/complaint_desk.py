"""An empty town for the complaints, and what is asked of it: the order in the shop, the books, the outcome."""

from dataclasses import replace
from itertools import count

import pytest

from include.sandbox.order_builder import an_order
from include.settings.store import read_store, store_named

NUMBERS = count(1)
MUG = an_order(1042).line("MUG", price="22.00").bought_by("Ada Byron", customer=77)
UNPAID = MUG.unpaid("Bank Deposit").status(11)


def not_yet(why):
    """The right outcome, which our books do not show yet. The mark goes when the test turns red for passing."""
    return pytest.mark.xfail(raises=AssertionError, strict=True, reason=why)


@pytest.fixture
def bridge(cases, tmp_path):
    """An empty town, and a store of its own in this file's one database: it knows of nothing that was before."""
    cases.town.reset("empty")
    cases.town.limits.enforced = False
    yield replace(cases, store=store_of(tmp_path, f"complaint_{next(NUMBERS)}"), runs=0)
    cases.town.stories.clear()
    cases.town.clock.set_back()


def store_of(folder, key, **changed):
    """The demo store under another key, whose window ends now; `changed` are texts of its file and what stands there."""
    text = store_named("demo").text.replace("store: demo\n", f"store: {key}\n")
    for before, after in changed.items():
        text = text.replace(before, after)
    folder.mkdir(exist_ok=True)
    path = folder / f"{key}.yaml"
    path.write_text(f"{text}\nwindow: {{lag_seconds: 0}}\n", "utf-8")
    return read_store(path)


def put(bridge, *told_orders):
    for each in told_orders:
        bridge.town.shop.put(each.build())


def changed(bridge, told_order):
    """The order as it is in the shop from now on."""
    put(bridge, told_order)
    bridge.town.shop.touch(told_order.order_id)


def invoices(bridge):
    """Number, status and total of every invoice, by number."""
    return sorted(
        (each["InvoiceNumber"], each["Status"], f"{each['Total']:.2f}") for each in bridge.town.books.invoices()
    )


def paid(bridge):
    """What every live payment amounts to."""
    return sorted(f"{each['Amount']:.2f}" for each in bridge.town.books.payments() if each["Status"] != "DELETED")


def fate(bridge, order_id=1042):
    found = bridge.outcomes()[order_id]
    return found["outcome"], found["reason"]


def writes(bridge):
    return list(bridge.town.calls.writes("xero"))


def waiting(bridge):
    """What `make held` lists."""
    found = bridge.db.rows("held.waiting", store=bridge.store.key, reason=None, limit=None)
    bridge.db.rollback()
    return found


def totals(bridge):
    """And how much that is in all."""
    found = bridge.db.rows("held.totals", store=bridge.store.key, reason=None)
    bridge.db.rollback()
    return found


@pytest.fixture
def known_customer(bridge):
    """Ada's contact is in the books, so that the next write is the invoice itself."""
    put(bridge, an_order(1).bought_by("Ada Byron", customer=77).unpaid().status(11))
    bridge.run()
    return bridge
