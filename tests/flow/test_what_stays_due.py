"""What stays due on a completed order is told to finance once, with the credit that would settle it (accounting.md 5)."""

from complaint_desk import MUG, bridge, put

from include.database.letters import mark_told, still_due
from include.sandbox.order_builder import an_order

__all__ = ("bridge",)  # a fixture


def told(bridge, days=7):
    rows = still_due(bridge.db, bridge.store.key, days)
    bridge.db.rollback()
    return rows


def test_a_short_capture_is_told_after_seven_days_with_its_tax(bridge):
    short = an_order(1042).line("SAW", price="10.00", quantity=11).authorised("card").captured("99.00")
    put(bridge, short.status(10).modified("2026-06-01T00:00:00Z"), MUG.stating(id=1043).status(10))
    bridge.run()

    [row] = told(bridge)

    assert (row["subject_key"], f"{row['amount']:.2f}") == ("1042", "11.00")
    assert "110.00 was invoiced, 99.00 came by what we know; 11.00 is due since 01 June 2026" in row["sentence"]
    assert "credit 11.00 with 1.00 of tax" in row["remedy"]


def test_it_is_told_once_and_not_before_its_days_are_over(bridge):
    short = an_order(1042).line("SAW", price="10.00", quantity=11).authorised("card").captured("99.00")
    put(bridge, short.status(10).modified("2026-06-01T00:00:00Z"))
    bridge.run()
    assert told(bridge, days=3650) == []

    with bridge.db.transaction():
        mark_told(bridge.db, bridge.store.key, told(bridge))

    assert told(bridge) == []


def test_an_order_that_is_not_completed_is_not_told(bridge):
    short = an_order(1042).line("SAW", price="10.00", quantity=11).authorised("card").captured("99.00")
    put(bridge, short.modified("2026-06-01T00:00:00Z"))
    bridge.run()

    assert told(bridge) == []
