"""Kits, places, refusals and guards of stock, and each way in which a sold unit could be offered again (accounting.md 8)."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest
from test_every_write_to_stock import read, write
from test_stock_flows_back import TRACKED, half_an_hour_later, level, live, run_stock, shelf, told

from include.clients.errors import ApiError
from include.clients.warehouse import Warehouse
from include.sandbox.order_builder import an_order
from include.settings.flow_settings import KitRow
from include.stages import stock
from include.stages.orders.run import StageRed
from include.stages.stock import telling

__all__ = ["shelf"]


def in_xero(bridge, **quantities):
    for sku, quantity in quantities.items():
        bridge.town.books.add_item({"Code": sku, "Name": sku, "QuantityOnHand": quantity, **TRACKED})


def sells(bridge, number, sku, quantity, change=lambda order: order):
    """Somebody buys: the shop lowers its own level at once."""
    now = bridge.town.clock.now()
    sold = change(an_order(number).placed(now).line(sku, price="11.00", quantity=quantity))
    bridge.town.shop.put(sold.build())
    bridge.town.shop.set_stock(sku, level(bridge, sku) - quantity)


@pytest.fixture
def even(shelf):
    """Both sides agree: 20 mugs less 2 that are sold and invoiced, 8 teas."""
    shelf.run()
    run_stock(shelf)
    half_an_hour_later(shelf)
    run_stock(shelf)
    return shelf


# Every way in which a unit is sold and not yet taken off in Xero


def draft(bridge):
    bridge.set(first_run_status="DRAFT")
    sells(bridge, 2500, "TEA", 3)
    bridge.run()


def held(bridge):
    sells(bridge, 2500, "TEA", 3, lambda order: order.line("SALT", price="7.00", tax=("Salt tax", "7")))
    bridge.run()


def failed(bridge):
    sells(bridge, 2500, "TEA", 3)
    bridge.town.stories.refuse_next_writes("xero", calls=9)
    with suppress(ApiError, StageRed):
        bridge.run()
    bridge.town.stories.clear()


def unreadable(bridge):
    sells(bridge, 2500, "TEA", 3)
    bridge.town.shop.get(2500).order["total_inc_tax"] = "much"
    bridge.run()
    assert bridge.outcomes()[2500]["outcome"] == "held"


def not_extracted(bridge):
    sells(bridge, 2500, "TEA", 3)


def refunded_without_restock(bridge):
    sells(bridge, 2500, "TEA", 3, lambda order: order.status(4))


def paid_and_not_sent(bridge):
    sells(bridge, 2500, "TEA", 3)
    bridge.run()


@pytest.mark.parametrize(
    ("happened", "still_in_xero"),
    [
        (draft, 8),
        (held, 8),
        (failed, 8),
        (unreadable, 8),
        (not_extracted, 8),
        (refunded_without_restock, 8),
        (paid_and_not_sent, 5),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_what_is_sold_is_offered_no_second_time_wherever_its_invoice_is(even, happened, still_in_xero):
    happened(even)

    run_stock(even)

    assert even.town.books.quantity_of("TEA") == still_in_xero
    assert (told(even)["TEA"]["target"], level(even, "TEA")) == (5, 5)


# Kits


@pytest.fixture
def with_kits(even):
    """SET is two mugs and a tea; at most three are set aside."""
    even.town.shop.set_stock("SET", 0)
    kits = {"SET": KitRow(parts={"MUG": 2, "TEA": 1}, offer=3)}
    file = even.store.file.model_copy(update={"stock": even.store.file.stock.model_copy(update={"kits": kits})})
    return replace(even, store=replace(even.store, file=file))


def test_a_kit_is_offered_out_of_its_parts_and_its_sale_lowers_them_in_xero(with_kits):
    mugs, teas = with_kits.town.books.quantity_of("MUG"), with_kits.town.books.quantity_of("TEA")
    run_stock(with_kits)
    assert {sku: level(with_kits, sku) for sku in ("SET", "MUG", "TEA")} == {"SET": 3, "MUG": mugs - 6, "TEA": teas - 3}

    sells(with_kits, 2600, "SET", 2)
    half_an_hour_later(with_kits)
    run_stock(with_kits)
    assert {sku: level(with_kits, sku) for sku in ("SET", "MUG", "TEA")} == {
        "SET": 3,
        "MUG": mugs - 4 - 6,
        "TEA": teas - 2 - 3,
    }

    with_kits.run()
    assert with_kits.town.books.quantity_of("MUG") == mugs - 4
    assert with_kits.town.books.quantity_of("TEA") == teas - 2
    half_an_hour_later(with_kits)
    run_stock(with_kits)
    assert told(with_kits)["MUG"]["outcome"] == "unchanged"


# Several locations, and a warehouse


def test_units_at_a_location_that_people_keep_are_in_xeros_quantity_and_not_offered_twice(even):
    outlet = even.town.shop.stock.add_location("Outlet")
    even.town.shop.set_stock("TEA", 3, location=outlet)
    even = live(even, elsewhere=(outlet,))

    run_stock(even)

    assert (level(even, "TEA"), told(even)["TEA"]["elsewhere"]) == (5, 3)
    assert even.town.shop.stock.settled("TEA", outlet)["total_inventory_onhand"] == 3


def run_from_the_warehouse(bridge, name):
    address = f"{bridge.base}/warehouse/levels"
    with (
        bridge.shop() as shop,
        Warehouse.open(url=address, token="sandbox-warehouse-token") as client,
    ):
        batch = stock.extract(shop, stock.WarehouseFeed(client, bridge.store), bridge.db, bridge.store, name)
        stock.check(bridge.db, bridge.store, batch)
        stock.transform(bridge.db, bridge.store, batch)
        stock.load(shop, bridge.db, bridge.store, batch)
    return stock.audit(bridge.db, bridge.store, batch)


def test_a_warehouse_says_what_is_where_and_what_was_not_sent_yet_is_taken_off(shelf):
    outlet = shelf.town.shop.stock.add_location("Outlet")
    shelf.town.shop.set_stock("TEA", 0, location=outlet)
    now = shelf.town.clock.now()
    shelf.town.warehouse.set("MUG", 12, location="main", as_of=now)
    shelf.town.warehouse.set("TEA", 9, location="main", as_of=now)
    shelf.town.warehouse.set("TEA", 4, location="outlet", as_of=now)
    shelf.town.warehouse.set("LAMP", 4, location="far away", as_of=now)
    places = {"main": 1, "outlet": outlet}
    shelf = live(shelf, source="warehouse", connection="warehouse_demo", locations=places)

    run_from_the_warehouse(shelf, "from the warehouse")

    waiting = 2  # of mugs: order 2400 is paid and was not sent
    assert (level(shelf, "MUG"), level(shelf, "TEA")) == (12 - waiting, 9)
    assert shelf.town.shop.stock.settled("TEA", outlet)["total_inventory_onhand"] == 4
    assert "LAMP" not in told(shelf)


# What the shop refuses


@pytest.fixture
def many(shelf):
    """Forty items, set by us once, of which all moved since."""
    skus = [f"S{number:02}" for number in range(40)]
    for sku in skus:
        shelf.town.shop.set_stock(sku, 5)
        in_xero(shelf, **{sku: 6})
    shelf = live(shelf, guard_share=1)
    run_stock(shelf)
    half_an_hour_later(shelf)
    in_xero(shelf, **dict.fromkeys(skus, 9))
    return shelf


@pytest.mark.parametrize("good_rows_are_kept", [False, True])
@pytest.mark.parametrize("names_the_row", [False, True])
def test_a_refused_row_is_found_and_no_other_is_moved_twice(many, good_rows_are_kept, names_the_row):
    """Whether the vendor keeps the good rows of a refused request, and whether it names the bad one, is not known."""
    batch = read(many, "refused")
    many.town.shop.stock.forget("S07")
    many.town.shop.stock.forget("S31")
    many.town.shop.stock.keeps_good_rows = good_rows_are_kept
    many.town.shop.stock.names_refused_rows = names_the_row
    many.town.calls.clear()

    write(many, batch)

    assert {sku for sku, row in told(many).items() if row["outcome"] == "failed"} == {"S07", "S31"}
    assert {level(many, f"S{number:02}") for number in range(40) if number not in (7, 31)} == {9}
    assert ("were not found" in told(many)["S07"]["sentence"]) is names_the_row
    assert len(list(many.town.calls.writes("bigcommerce"))) <= (8 if names_the_row else 26)


def test_who_goes_on_after_a_kill_between_refusal_and_repair_moves_nothing_twice(many, monkeypatch):
    batch = read(many, "killed")
    many.town.shop.stock.forget("S07")
    many.town.shop.stock.keeps_good_rows = True
    with monkeypatch.context() as dying:
        dying.setattr(telling, "_apart", lambda *_: 1 / 0)
        with suppress(ZeroDivisionError):
            write(many, batch)
    many.town.shop.set_stock("S07", 6)  # it is there again, so nothing is refused any more

    write(many, batch)

    assert {level(many, f"S{number:02}") for number in range(40) if number != 7} == {9}


def test_a_level_below_what_the_shop_keeps_back_is_set_whole_since_a_relative_one_would_be_refused(even):
    even.town.shop.set_stock("TEA", 8, safety_stock=4)
    in_xero(even, TEA=3)

    run_stock(even)

    assert (told(even)["TEA"]["how"], level(even, "TEA")) == ("absolute", 3)


# Guards, and the person behind them


def test_what_a_guard_held_goes_through_once_a_person_says_so(many):
    in_xero(many, **{f"S{number:02}": 0 for number in range(20)})
    run_stock(many)
    held_now = stock.held(many.db, many.store)
    assert len(held_now) == 20
    assert held_now[0]["sentence"].startswith("20 of 42 items would go to 0 at once, more than 20%.")

    with pytest.raises(stock.NothingHeld, match="does not hold MUG"):
        stock.release(many.db, many.store, ["MUG"], by="ops", why="counted")
    stock.release(many.db, many.store, ["S03"], by="ops", why="counted")
    run_stock(many)

    assert (level(many, "S03"), level(many, "S04")) == (0, 6)
    stock.release(many.db, many.store, [], by="ops", why="counted all")
    run_stock(many)
    assert {level(many, f"S{number:02}") for number in range(20)} == {0}


def test_a_release_holds_for_what_was_seen_and_not_for_what_comes_later(many):
    in_xero(many, **{f"S{number:02}": 0 for number in range(20)})
    run_stock(many)
    stock.release(many.db, many.store, [], by="ops", why="counted")
    in_xero(many, S03=2)

    run_stock(many)

    assert told(many)["S03"]["released"] is False


def test_an_item_that_its_source_does_not_name_any_more_keeps_its_level_until_it_is_let_go(many):
    many.town.books.items = {code: item for code, item in many.town.books.items.items() if code != "S05"}
    run_stock(many)
    assert (told(many)["S05"]["outcome"], level(many, "S05")) == ("held", 6)

    stock.release(many.db, many.store, ["S05"], by="ops", why="we sell it no more")
    run_stock(many)

    assert "S05" not in told(many)


def test_a_source_that_names_nothing_at_all_changes_nothing_and_is_red(many):
    many.town.books.items = {}

    with pytest.raises(StageRed, match="The source names no item, and we have set"):
        run_stock(many)

    assert level(many, "S05") == 6


def test_a_level_that_somebody_else_sets_too_is_corrected_a_few_times_and_then_waits_for_a_person(even):
    for _ in range(3):  # the first is no drift yet: we had never set it
        even.town.shop.set_stock("TEA", 30)
        half_an_hour_later(even)
        run_stock(even)
        assert level(even, "TEA") == 8
    even.town.shop.set_stock("TEA", 30)
    half_an_hour_later(even)

    run_stock(even)

    assert (told(even)["TEA"]["outcome"], told(even)["TEA"]["reason"]) == ("held", "level_unsteady")
    assert "It moved by +22 without a sale or an adjustment of ours." in told(even)["TEA"]["sentence"]


# Too little in Xero


def test_an_order_that_xero_has_too_little_for_names_what_is_missing_and_posts_itself_once_it_is_in(even):
    sells(even, 2700, "TEA", 3)
    in_xero(even, TEA=1)
    even.run()
    row = even.outcomes()[2700]
    assert (row["outcome"], row["reason"]) == ("held", "stock_short")
    assert row["sentence"] == "Xero has 1 of TEA on hand and the invoice takes 3: 2 are missing."

    run_stock(even)
    even.run()
    assert even.outcomes()[2700]["outcome"] == "held"

    in_xero(even, TEA=10)
    run_stock(even)
    even.run()

    assert even.outcomes()[2700]["outcome"] in (
        "posted",
        "unchanged",
    )  # in two batches of that run, if it was due twice
    assert even.town.books.quantity_of("TEA") == 7


# What it costs


def test_four_thousand_items_of_which_five_in_a_hundred_changed_cost_twelve_calls_and_three(shelf):
    """And the window in which a sale may be offered again is said."""
    all_of_them = [f"S{number:04}" for number in range(4000)]
    in_xero(shelf, S0000=6)
    one = shelf.town.books.items["S0000"]
    shelf.town.books.items |= {
        sku: one | {"Code": sku, "ItemID": str(uuid4()), "QuantityOnHand": 6 if sku in all_of_them[::20] else 5}
        for sku in all_of_them
    }
    for sku in all_of_them:
        shelf.town.shop.set_stock(sku, 5)
    run_stock(shelf)
    half_an_hour_later(shelf)
    in_xero(shelf, **dict.fromkeys(all_of_them[::20], 8))
    shelf.town.calls.clear()

    counts = run_stock(shelf)

    asked = [(call.vendor, call.method) for call in shelf.town.calls]
    assert counts["posted"] == 200
    assert sum(vendor == "bigcommerce" for vendor, _ in asked) <= 12
    assert sum(vendor == "xero" for vendor, _ in asked) <= 3
    assert stock.exposure(shelf.db, shelf.store).startswith("No level was set over a sale")
