"""Stock is told once: adjustments are no documents, and a relative one that is sent twice moves the level twice."""

from contextlib import suppress

import pytest
from test_stock_flows_back import TRACKED, half_an_hour_later, level, run_stock, shelf, source_of, told

from include.clients.errors import ApiError
from include.stages import stock
from include.stages.orders.locks import LocksBusy, locked
from include.stages.stock import telling

__all__ = ["shelf"]


@pytest.fixture
def set_before(shelf):
    """MUG was set by us before, and since then Xero has 10 more of it."""
    shelf.run()
    run_stock(shelf)
    half_an_hour_later(shelf)
    mugs = {"Code": "MUG", "Name": "MUG", **TRACKED}
    shelf.town.books.add_item(mugs | {"QuantityOnHand": int(shelf.town.books.quantity_of("MUG")) + 10})
    return shelf


def read(bridge, run_id):
    """One run up to its plan."""
    with bridge.shop() as shop, bridge.books() as books:
        batch = stock.extract(shop, source_of(bridge, books), bridge.db, bridge.store, run_id)
    stock.check(bridge.db, bridge.store, batch)
    stock.transform(bridge.db, bridge.store, batch)
    return batch


def write(bridge, batch):
    with bridge.shop() as shop:
        stock.load(shop, bridge.db, bridge.store, batch)
    stock.audit(bridge.db, bridge.store, batch)


def test_two_runs_that_read_the_same_level_add_the_difference_once(set_before):
    before = level(set_before, "MUG")
    first, second = read(set_before, "first"), read(set_before, "second")

    write(set_before, first)
    write(set_before, second)

    assert level(set_before, "MUG") == before + 10
    assert (told(set_before)["MUG"]["outcome"], told(set_before)["MUG"]["how"]) == ("failed", "relative")


def test_while_one_run_adjusts_another_waits(set_before):
    batch = read(set_before, "waits")
    place = f"{set_before.store.key}/stock"
    with locked(set_before.db, [place]), pytest.raises(LocksBusy):
        write(set_before, batch)


def test_a_load_that_was_killed_after_it_wrote_ahead_is_restarted_and_adds_nothing_twice(set_before, monkeypatch):
    before = level(set_before, "MUG")
    batch = read(set_before, "killed")
    with monkeypatch.context() as dying:
        dying.setattr(telling, "keep_level", lambda *_: 1 / 0)
        with suppress(ZeroDivisionError, ApiError):
            write(set_before, batch)
    assert level(set_before, "MUG") == before + 10

    write(set_before, batch)
    half_an_hour_later(set_before)
    run_stock(set_before)

    assert level(set_before, "MUG") == before + 10
    assert outcome_of_last(set_before) == "done"


def test_a_sale_between_makes_it_unknowable_and_the_next_run_starts_from_the_level_that_is_there(set_before):
    before = level(set_before, "MUG")
    set_before.town.stories.lose_the_next_answer("bigcommerce", writes_only=True)
    run_stock(set_before)
    set_before.town.shop.set_stock("MUG", before + 10 - 3)
    half_an_hour_later(set_before)

    run_stock(set_before)

    assert outcome_of_last(set_before, 2)[0] == "overtaken"
    assert level(set_before, "MUG") == told(set_before)["MUG"]["target"]


def outcome_of_last(bridge, count=1):
    with bridge.db._connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome FROM attempt WHERE store = %s AND subject_key = 'MUG' ORDER BY attempt_id DESC LIMIT %s",
            (bridge.store.key, count),
        )
        found = [outcome for (outcome,) in cursor.fetchall()][::-1]
    bridge.db.rollback()
    return found if count > 1 else found[0]
