"""Stock from Xero to the shop (accounting.md 8): what is sold and not yet in Xero is never sold again."""

from dataclasses import replace

import pytest

from include.clients.errors import NotAllowed
from include.sandbox.order_builder import an_order
from include.stages import stock

TRACKED = {
    "IsTrackedAsInventory": True,
    "InventoryAssetAccountCode": "630",
    "PurchaseDetails": {"COGSAccountCode": "310"},
}


@pytest.fixture
def shelf(bridge):
    """A shop with MUG and TEA, both tracked in Xero, and one item that only Xero has; stock is written for real."""
    bridge.town.reset("empty")
    bridge.town.limits.enforced = False
    now = bridge.town.clock.now()
    bridge.town.shop.put(an_order(2400).placed(now).line("MUG", price="22.00", quantity=2).build())
    for sku, quantity, level in (("MUG", 20, 15), ("TEA", 8, 8)):
        bridge.town.books.add_item({"Code": sku, "Name": sku, "QuantityOnHand": quantity, **TRACKED})
        bridge.town.shop.set_stock(sku, level)
    bridge.town.books.add_item({"Code": "CRATE", "Name": "Crate", "QuantityOnHand": 3, **TRACKED})
    return live(bridge)


def live(bridge, **changes):
    file = bridge.store.file.model_copy(
        update={"stock": bridge.store.file.stock.model_copy(update={"enabled": True, "dry_run": False, **changes})}
    )
    return replace(bridge, store=replace(bridge.store, file=file))


def source_of(bridge, books):
    return stock.xero_items(books, bridge.db, bridge.store)


def run_stock(bridge):
    bridge.stock_runs = getattr(bridge, "stock_runs", 0) + 1
    with bridge.shop() as shop, bridge.books() as books:
        batch = stock.extract(shop, source_of(bridge, books), bridge.db, bridge.store, f"stock-{bridge.stock_runs}")
        stock.check(bridge.db, bridge.store, batch)
        stock.transform(bridge.db, bridge.store, batch)
        stock.load(shop, bridge.db, bridge.store, batch)
    return stock.audit(bridge.db, bridge.store, batch)


def half_an_hour_later(bridge):
    """Whatever was adjusted before must show by now."""
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute("UPDATE chunk SET sent_at = sent_at - INTERVAL '40 minutes'")


def told(bridge):
    return {row["sku"]: row for row in stock.told(bridge.db, bridge.store)}


def level(bridge, sku):
    return bridge.town.shop.stock_of(sku)["total_inventory_onhand"]


def test_the_shop_gets_what_xero_has_and_every_item_has_one_outcome(shelf):
    shelf.run()

    counts = run_stock(shelf)

    in_xero = shelf.town.books.quantity_of("MUG")
    waiting = told(shelf)["MUG"]["pending"]
    assert level(shelf, "MUG") == int(in_xero) - waiting
    assert counts["items"] == 3
    assert (told(shelf)["CRATE"]["outcome"], told(shelf)["CRATE"]["reason"]) == ("skipped", "not_in_store")


def test_the_same_run_again_writes_nothing(shelf):
    shelf.run()
    run_stock(shelf)
    shelf.town.calls.clear()

    counts = run_stock(shelf)

    assert list(shelf.town.calls.writes("bigcommerce")) == []
    assert (counts["unchanged"], counts["posted"]) == (2, 0)


def test_units_of_an_order_that_was_not_extracted_yet_are_not_sold_again(shelf):
    shelf.run()
    run_stock(shelf)
    before = level(shelf, "MUG")
    now = shelf.town.clock.now()
    shelf.town.shop.put(an_order(2401).placed(now).line("MUG", price="22.00", quantity=3).build())
    shelf.town.shop.set_stock("MUG", before - 3)  # the shop lowers its own level at the order

    run_stock(shelf)

    assert level(shelf, "MUG") == before - 3
    assert told(shelf)["MUG"]["pending"] >= 3


def test_units_of_a_held_order_are_not_sold_again(shelf):
    now = shelf.town.clock.now()
    odd = an_order(2402).placed(now).line("TEA", price="11.00", quantity=2, tax=("Salt tax", "7"))
    shelf.town.shop.put(odd.build())
    shelf.run()
    assert shelf.outcomes()[2402]["outcome"] == "held"

    run_stock(shelf)

    assert (told(shelf)["TEA"]["pending"], level(shelf, "TEA")) == (2, 6)


def test_the_first_time_is_absolute_and_after_it_relative(shelf):
    shelf.run()
    run_stock(shelf)
    assert told(shelf)["MUG"]["how"] == "absolute"

    half_an_hour_later(shelf)
    shelf.town.books.add_item({"Code": "MUG", "Name": "MUG", "QuantityOnHand": 50, **TRACKED})
    run_stock(shelf)

    assert told(shelf)["MUG"]["how"] == "relative"
    assert level(shelf, "MUG") == 50 - told(shelf)["MUG"]["pending"]


def test_a_dry_run_writes_nothing_and_says_what_it_would_change(shelf):
    dry = live(shelf, dry_run=True)
    dry.run()

    run_stock(dry)

    assert list(dry.town.calls.writes("bigcommerce")) == []
    assert (told(dry)["MUG"]["outcome"], told(dry)["MUG"]["decision"]) == ("skipped", "adjust")


def test_a_lost_answer_is_read_back_and_never_sent_again(shelf):
    shelf.run()
    run_stock(shelf)
    shelf.town.books.add_item({"Code": "MUG", "Name": "MUG", "QuantityOnHand": 60, **TRACKED})
    shelf.town.stories.lose_the_next_answer("bigcommerce", writes_only=True)

    run_stock(shelf)
    assert told(shelf)["MUG"]["outcome"] == "failed"
    run_stock(shelf)
    half_an_hour_later(shelf)
    run_stock(shelf)

    assert told(shelf)["MUG"]["outcome"] == "unchanged"
    assert level(shelf, "MUG") == 60 - told(shelf)["MUG"]["pending"]


def test_a_difference_is_not_added_again_while_the_shop_does_not_show_it_yet(shelf):
    """The vendor takes adjustments and carries them out later: until then it shows the old level."""
    shelf.run()
    run_stock(shelf)
    half_an_hour_later(shelf)
    shelf.town.books.add_item({"Code": "MUG", "Name": "MUG", "QuantityOnHand": 60, **TRACKED})
    shelf.town.shop.inventory_delay_s = 600

    run_stock(shelf)
    run_stock(shelf)

    assert (told(shelf)["MUG"]["outcome"], told(shelf)["MUG"]["reason"]) == ("skipped", "settling")
    assert level(shelf, "MUG") == 60 - told(shelf)["MUG"]["pending"]


def test_an_item_that_sold_this_week_and_was_invoiced_since_does_not_go_to_nothing_by_itself(shelf):
    shelf.run()
    run_stock(shelf)
    half_an_hour_later(shelf)
    with shelf.db.transaction(), shelf.db._connection.cursor() as cursor:
        cursor.execute(
            "UPDATE watermark SET moment = now() + INTERVAL '599 seconds'"
        )  # the sale lies before the cursor
    shelf.town.books.add_item({"Code": "MUG", "Name": "MUG", "QuantityOnHand": 0, **TRACKED})

    run_stock(shelf)

    assert (told(shelf)["MUG"]["outcome"], told(shelf)["MUG"]["reason"]) == ("held", "anomaly")


def test_an_adjustment_that_took_effect_is_verified_by_the_next_run(shelf):
    shelf.run()
    run_stock(shelf)
    run_stock(shelf)

    links = shelf.db.rows("stock.links", store="demo")
    shelf.db.rollback()
    assert {row["sku"]: row["verified_at"] is not None for row in links}["MUG"]


def test_a_token_without_the_right_to_write_stock_stops_the_run(shelf):
    shelf.run()
    token = shelf.town.shop.token
    shelf.town.shop.tokens[token] = frozenset(
        scope for scope in shelf.town.shop.tokens[token] if scope != "store_inventory"
    ) | {"store_inventory_read_only"}

    with pytest.raises(NotAllowed):
        run_stock(shelf)
