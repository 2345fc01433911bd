"""When something is concluded of a write whose answer was lost, by what, and who writes meanwhile: nobody."""

from contextlib import suppress
from dataclasses import replace
from importlib import import_module

import pytest
from broken_line import Killed, breaking, minutes_later
from complaint_desk import MUG, UNPAID, bridge, changed, fate, invoices, paid, put, writes
from test_every_write_is_once import open_attempts

from include.clients.errors import ApiError, OutcomeUnknown
from include.database.connection import connect
from include.sandbox.order_builder import an_order
from include.stages import orders
from include.stages.orders.locks import LocksLost, contact_lock, locked

__all__ = ["bridge"]

LOADING = import_module("include.stages.orders.load")  # the package calls its function by the same name


def broken(bridge, request, how):
    line = breaking(bridge, request, how)
    with suppress(ApiError, Killed):
        line.run()
    assert line.line.broke
    bridge.db.rollback()


def test_between_the_last_repeat_and_the_last_byte_nothing_is_concluded_and_nothing_written(bridge):
    put(bridge, MUG.paid("card"))
    broken(bridge, "PUT .*/Invoices$", "killed before it is sent")
    before = len(writes(bridge))

    minutes_later(bridge, 6)
    with pytest.raises(OutcomeUnknown) as waiting:
        bridge.run()
    assert (len(writes(bridge)), 0 < waiting.value.retry_after_s <= 60) == (before, True)

    minutes_later(bridge, 2)
    bridge.run()
    assert invoices(bridge) == [("BC-1042", "PAID", "22.00")]


def test_an_update_that_never_arrived_is_not_taken_for_done_because_the_invoice_is_there(bridge):
    put(bridge, UNPAID)
    bridge.run()
    changed(bridge, UNPAID.line("TEA", price="11.00"))
    broken(bridge, "POST .*/Invoices$", "answer lost, nothing done")
    minutes_later(bridge, 10)

    bridge.run()

    assert invoices(bridge) == [("BC-1042", "AUTHORISED", "33.00")]
    assert outcomes_of_attempts(bridge, "update") == ["absent", "done"]


def test_what_an_older_plan_wrote_does_not_make_the_newer_one_look_unchanged(bridge):
    put(bridge, an_order(1).bought_by("Ada Byron", customer=77).unpaid().status(11))
    bridge.run()
    changed(bridge, UNPAID)
    broken(bridge, "PUT .*/Invoices$", "killed after the answer")
    changed(bridge, UNPAID.line("TEA", price="11.00"))

    bridge.run()

    assert ("BC-1042", "AUTHORISED", "33.00") in invoices(bridge)
    assert fate(bridge) == ("posted", None)


def test_an_order_that_was_cancelled_before_it_was_posted_is_not_posted_by_a_batch_left_behind(bridge):
    put(bridge, UNPAID)
    with bridge.shop() as shop:
        run = orders.Run("orders_to_books", "left behind")
        left_behind = orders.extract(shop, bridge.books, bridge.db, bridge.store, run)
    orders.check(bridge.db, bridge.store, left_behind)
    orders.transform(bridge.db, bridge.store, left_behind)
    changed(bridge, UNPAID.status(5))
    bridge.run()
    assert fate(bridge)[0] == "skipped"

    with bridge.books() as books:
        orders.load(books, bridge.db, bridge.store, left_behind)
    orders.audit(bridge.db, bridge.store, left_behind)
    assert invoices(bridge) == []

    bridge.a_while_later()
    bridge.run()
    assert (invoices(bridge), fate(bridge)[0]) == ([], "skipped")


def test_a_payment_that_a_person_entered_meanwhile_is_not_taken_for_ours_and_not_doubled(bridge):
    put(bridge, MUG.paid("card"))
    broken(bridge, "PUT .*/Payments$", "answer lost, nothing done")
    invoice = bridge.town.books.invoice("BC-1042")
    bridge.town.books.add_payment(
        {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": 22, "Reference": "by hand"}
    )
    minutes_later(bridge, 10)

    bridge.run()

    assert paid(bridge) == ["22.00"]
    assert outcomes_of_attempts(bridge, "create", kind="payment") == ["absent"]
    assert fate(bridge)[0] in ("posted", "unchanged")


def test_a_number_that_somebody_else_used_is_not_taken_for_ours(bridge):
    put(bridge, MUG.paid("card"))
    broken(bridge, "PUT .*/Invoices$", "answer lost, nothing done")
    theirs = {"InvoiceNumber": "BC-1042", "Reference": "theirs", "LineItems": [{"LineAmount": 22}]}
    bridge.town.books.add_invoice(theirs)
    minutes_later(bridge, 10)

    bridge.run()

    assert fate(bridge) == ("held", "number_taken")


def test_what_a_closed_batch_left_unknown_is_settled_by_any_later_run(bridge):
    put(bridge, MUG.paid("card"))
    broken(bridge, "PUT .*/Payments$", "killed after the answer")
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute(
            "UPDATE batch SET state = 'sealed', sealed_at = now(), red_stage = NULL, red_reason = NULL WHERE store = %s",
            (bridge.store.key,),
        )
    changed(bridge, an_order(1043).bought_by("Ada Byron", customer=77).paid("card"))
    minutes_later(bridge, 10)

    bridge.run()

    assert open_attempts(bridge) == []
    assert paid(bridge) == ["22.00", "22.00"]


def sale_of_hers(bridge):
    """Another order of the shopper of MUG."""
    changed(bridge, replace(MUG, order_id=1043).paid("card"))


def test_a_run_need_not_wait_for_another_one_that_bills_the_same_linked_shopper(bridge, monkeypatch):
    monkeypatch.setattr(LOADING, "WAITS_FOR_OTHERS_S", ())
    put(bridge, MUG.paid("card"))
    bridge.run()
    sale_of_hers(bridge)

    with billed_elsewhere(bridge):
        bridge.run()

    assert [number for number, *_ in invoices(bridge)] == ["BC-1042", "BC-1043"]


def test_a_shopper_who_may_have_to_be_created_is_waited_for(bridge, monkeypatch):
    monkeypatch.setattr(LOADING, "WAITS_FOR_OTHERS_S", ())
    sale_of_hers(bridge)

    with billed_elsewhere(bridge):
        bridge.run()
    assert (invoices(bridge), fate(bridge, 1043)) == ([], ("failed", "busy_elsewhere"))

    bridge.a_while_later()
    bridge.run()
    assert [number for number, *_ in invoices(bridge)] == ["BC-1043"]


def test_a_linked_shopper_of_whom_a_creation_is_on_its_way_is_waited_for_and_settled(bridge, monkeypatch):
    monkeypatch.setattr(LOADING, "WAITS_FOR_OTHERS_S", ())
    put(bridge, MUG.paid("card"))
    bridge.run()
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute("UPDATE attempt SET outcome = NULL, xero_id = NULL, settled_at = NULL WHERE kind = 'contact'")
    sale_of_hers(bridge)

    with billed_elsewhere(bridge):
        bridge.run()
    assert fate(bridge, 1043) == ("failed", "busy_elsewhere")

    bridge.a_while_later()
    bridge.run()
    assert open_attempts(bridge) == []
    assert len(bridge.town.books.contacts()) == 1


def billed_elsewhere(bridge):
    """As if another run billed the same shopper, customer 77, at this moment."""
    return locked(bridge.db, [contact_lock(bridge.store.key, "77")])


def test_a_run_whose_locks_the_database_dropped_writes_no_more(bridge):
    put(bridge, MUG.paid("card"))
    with locked(bridge.db, [f"{bridge.store.key}/order/1042"]) as locks:
        locks.check()
        with connect(bridge.db._dsn) as other, other._connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
            other.commit()
        with pytest.raises(LocksLost):
            locks.check()
    with locked(bridge.db, [f"{bridge.store.key}/order/1042"]) as again:
        assert again.got == {f"{bridge.store.key}/order/1042"}


def outcomes_of_attempts(bridge, verb, kind="invoice"):
    with bridge.db._connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome FROM attempt WHERE store = %s AND verb = %s AND kind = %s ORDER BY attempt_id",
            (bridge.store.key, verb, kind),
        )
        found = [outcome for (outcome,) in cursor.fetchall()]
    bridge.db.rollback()
    return found
