"""A shop that sells at any moment, between any two calls of a stock run: what it offers afterwards is there to be sold.

The one exception is measured: a level that is set whole, over a sale since it was read. It heals with the next run.
"""

from dataclasses import replace
from itertools import count

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_stock_flows_back import TRACKED, half_an_hour_later, level, source_of

from include.clients.bigcommerce import BigCommerce
from include.sandbox.order_builder import an_order
from include.stages import stock

SKUS = ("MUG", "TEA")
STORES = count(1)
CALLS_A_RUN = 8  # of a run over two SKUs, a write refused and taken apart included

sale = st.tuples(st.integers(0, CALLS_A_RUN), st.sampled_from(SKUS), st.integers(1, 4))
shelves = st.fixed_dictionaries({sku: st.tuples(st.integers(0, 12), st.integers(0, 12)) for sku in SKUS})


class AShopThatSells(httpx.BaseTransport):
    """The way to the shop: before its nth call the nth sales happen, as long as the shelf has the units."""

    def __init__(self, town, numbers) -> None:
        self._wire = httpx.HTTPTransport()
        self._town = town
        self._numbers = numbers
        self.due = []
        self.sold_over = []  # (what the shelf was told so far, SKU, units) of each sale
        self.calls = 0

    def handle_request(self, request):
        for at, sku, units in self.due:
            if at == self.calls:
                self.sell(sku, units)
        self.calls += 1
        return self._wire.handle_request(request)

    def sell(self, sku, units):
        there = self._town.shop.stock.settled(sku, 1)["total_inventory_onhand"]
        if there < units:
            return
        now = self._town.clock.now()
        self._town.shop.put(an_order(next(self._numbers)).placed(now).line(sku, price="11.00", quantity=units).build())
        self._town.shop.set_stock(sku, there - units)
        self.sold_over.append((len(self._town.shop.stock.adjustments), sku, units))

    def will_sell(self, sales):
        self.due, self.calls, self.sold_over = sales, 0, []


@pytest.fixture
def towns(bridge):
    """A new town and a new store for each example, on one server and one database."""

    def made(at_first):
        bridge.town.reset("empty")
        bridge.town.limits.enforced = False
        for sku, (in_xero, on_shelf) in at_first.items():
            bridge.town.books.add_item({"Code": sku, "Name": sku, "QuantityOnHand": in_xero, **TRACKED})
            bridge.town.shop.set_stock(sku, on_shelf)
        settings_of_stock = bridge.store.file.stock.model_copy(update={"enabled": True, "dry_run": False})
        file = bridge.store.file.model_copy(update={"store": f"town{next(STORES)}", "stock": settings_of_stock})
        return replace(bridge, store=replace(bridge.store, file=file), runs=0)

    return made


def run_stock(bridge, way, name):
    with (
        BigCommerce.open(
            base_url=bridge.base, store_hash="demo1", access_token="sandbox-bc-token", transport=way
        ) as shop,
        bridge.books() as books,
    ):
        batch = stock.extract(shop, source_of(bridge, books), bridge.db, bridge.store, name)
        with bridge.db.transaction():
            bridge.db.run("batches.move_batch", batch_id=batch, state="checked")  # the check changes no level
        stock.transform(bridge.db, bridge.store, batch)
        stock.load(shop, bridge.db, bridge.store, batch)
    stock.audit(bridge.db, bridge.store, batch)


def too_much(bridge, sku):
    """How many units the shop offers beyond what Xero has less what is sold and not yet approved there."""
    approved = {each["Reference"] for each in bridge.town.books.invoices() if each["Status"] in ("AUTHORISED", "PAID")}
    promised = sum(
        int(line["quantity"])
        for kept in bridge.town.shop
        if str(kept.order["id"]) not in approved
        for line in kept.rows("products")
        if line["sku"] == sku
    )
    there = max(0, int(bridge.town.books.quantity_of(sku)) - promised)
    return max(0, level(bridge, sku) - there)


def decided(bridge):
    """The SKUs whose level the newest run set or found right; one that a guard held stays as it was, on purpose."""
    return [row["sku"] for row in stock.told(bridge.db, bridge.store) if row["outcome"] in ("posted", "unchanged")]


def overwritten(bridge, way, sku):
    """The units whose sale a level that was set whole may have overwritten: sold before it was told, in this run."""
    told = bridge.town.shop.stock.adjustments
    return sum(
        units
        for before, sold, units in way.sold_over
        if sold == sku
        for each in told[before:]
        if each.how == "absolute" and any(row.item.sku == sku and row.quantity > 0 for row in each.rows)
    )


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example is a town: shrinking would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    at_first=shelves,
    before=st.lists(sale, max_size=3),
    first=st.lists(sale, max_size=3),
    second=st.lists(sale, max_size=4),
    posts_at=st.sampled_from(["never", "before", "between"]),
)
def test_whatever_sells_meanwhile_no_unit_is_offered_twice(towns, at_first, before, first, second, posts_at):
    bridge = towns(at_first)
    way = AShopThatSells(bridge.town, count(5000))
    for _, sku, units in before:
        way.sell(sku, units)
    if posts_at == "before":
        bridge.run()

    way.will_sell(first)
    run_stock(bridge, way, "first")

    for sku in decided(bridge):
        assert too_much(bridge, sku) <= overwritten(bridge, way, sku)

    half_an_hour_later(bridge)
    if posts_at == "between":
        bridge.run()
    way.will_sell([])
    run_stock(bridge, way, "heals")

    assert {sku: too_much(bridge, sku) for sku in decided(bridge) if too_much(bridge, sku)} == {}

    half_an_hour_later(bridge)
    way.will_sell(second)
    run_stock(bridge, way, "second")

    for sku in decided(bridge):
        assert too_much(bridge, sku) <= overwritten(bridge, way, sku)


def test_a_sale_between_the_reading_of_orders_and_of_levels_is_taken_off_before_anything_is_written(towns):
    """Asked once, that sale would be missing in what is pending and in the level: it would be put back on the shelf."""
    bridge = towns({"MUG": (10, 10), "TEA": (5, 5)})
    way = AShopThatSells(bridge.town, count(5000))
    run_stock(bridge, way, "first")

    way.will_sell([(1, "MUG", 4)])
    run_stock(bridge, way, "second")

    assert way.sold_over == [(0, "MUG", 4)]
    assert (level(bridge, "MUG"), too_much(bridge, "MUG")) == (6, 0)
