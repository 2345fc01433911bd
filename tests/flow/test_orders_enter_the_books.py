"""The demo shop's orders from extract to audit. If this breaks, a merchant's books are wrong or doubled."""

from datetime import timedelta

from include.clients.bigcommerce import Window
from include.sandbox.demo import EXPECTED
from include.sandbox.order_builder import an_order
from include.stages import orders
from include.stages.orders.audit import link_digest


def test_every_order_of_the_demo_shop_ends_as_accounting_demands(bridge):
    counts = bridge.run()

    assert counts["orders"] == len(EXPECTED)
    outcomes = bridge.outcomes()
    wrong = {
        order: (expected["outcome"], outcomes[order]["outcome"], outcomes[order]["reason"], outcomes[order]["sentence"])
        for order, expected in EXPECTED.items()
        if outcomes[order]["outcome"] != expected["outcome"]
        and not (expected.get("may_hold") and outcomes[order]["outcome"] == "held")
    }
    assert wrong == {}


def the_week(bridge) -> Window:
    now = bridge.town.clock.now()
    return Window(now - timedelta(days=9), now)


def test_the_same_week_twice_writes_nothing_the_second_time(bridge):
    first = bridge.run(the_week(bridge))
    bridge.town.calls.clear()

    second = bridge.run(the_week(bridge))

    assert second["orders"] == first["orders"] == len(EXPECTED)
    assert second["posted"] == 0
    assert second["unchanged"] == first["posted"]
    assert list(bridge.town.calls.writes()) == []


def test_the_moving_window_after_a_backfill_finds_all_unchanged(bridge):
    first = bridge.run(the_week(bridge))

    second = bridge.run()

    assert second["orders"] == len(EXPECTED)
    assert (second["posted"], second["unchanged"]) == (0, first["posted"])


def test_an_answer_lost_after_the_write_makes_no_second_invoice(bridge):
    bridge.run(the_week(bridge))
    numbers = sorted(invoice["InvoiceNumber"] for invoice in bridge.town.books.invoices())
    bridge.town.shop.put(an_order(2001).line("MUG", price="22.00", tax="10").paid("card").build())
    bridge.town.stories.lose_the_next_answer("xero")

    bridge.run()
    bridge.run()

    assert sorted(invoice["InvoiceNumber"] for invoice in bridge.town.books.invoices()) == [*numbers, "BC-2001"]
    assert bridge.outcomes()[2001]["outcome"] in ("posted", "unchanged")


def test_a_batch_that_was_left_by_a_killed_run_is_finished_by_the_next(bridge):
    with bridge.shop() as shop:
        left = orders.extract(shop, bridge.books, bridge.db, bridge.store, orders.Run("orders_to_books", "killed"))
    orders.check(bridge.db, bridge.store, left)
    with bridge.db.transaction():
        bridge.db.run("batches.turn_red", batch_id=left[0], stage="transform", reason="the worker was killed")

    counts = bridge.run()

    assert counts["orders"] >= len(EXPECTED)
    assert {row["outcome"] for row in bridge.outcomes().values()} == {"posted", "held", "skipped"}


def test_the_audit_chain_shows_an_entry_that_was_altered(bridge):
    bridge.run(the_week(bridge))
    bridge.run(the_week(bridge))

    entries = bridge.db.rows("audit.entries", store="demo")

    assert len(entries) == 2
    assert entries[0]["digest"] == link_digest(entries[0]["previous_digest"], entries[0]["content"])
    assert entries[1]["previous_digest"] == entries[0]["digest"]
    assert (
        link_digest(entries[0]["previous_digest"], {**entries[0]["content"], "run_id": "other"}) != entries[0]["digest"]
    )


def test_a_pending_order_is_a_draft_and_is_approved_once_it_is_paid(bridge):
    mug = an_order(2002).line("MUG", price="22.00", tax="10")
    bridge.town.shop.put(mug.unpaid().status(1).build())
    bridge.run()
    assert bridge.outcomes()[2002]["invoice_status"] == "DRAFT"

    bridge.town.shop.put(mug.paid("card").build())
    bridge.town.shop.touch(2002)
    bridge.run()

    invoice = bridge.town.books.invoice("BC-2002")
    assert (invoice["Status"], str(invoice["AmountDue"])) == ("PAID", "0.00")
