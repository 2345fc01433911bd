"""accounting.md 4: whether an order enters the books, and as what. Money decides before status."""

import pytest
from given import Standing, day, decision, holds, invoice, outcome, payments, plan, reason

from include.domain.document import Invoice
from include.domain.order import Status
from include.domain.outcome import Hold, Skip
from include.sandbox.order_builder import an_order

ENTERING = [status for status in Status if status not in (0, 1, 4, 5, 6, 7, 12, 14)]
WAITING = [Status.PENDING, Status.AWAITING_PAYMENT, Status.MANUAL_VERIFICATION]


def test_an_unfinished_checkout_is_skipped():
    assert reason(plan(an_order().status(0))) == "incomplete"


@pytest.mark.parametrize("status", WAITING)
def test_what_waits_for_payment_is_a_draft(status):
    assert invoice(plan(an_order().unpaid().status(status))).status == "DRAFT"


@pytest.mark.parametrize("status", WAITING)
def test_money_decides_before_status(status):
    paid = plan(an_order().paid("card").status(status))

    assert (invoice(paid).status, len(payments(paid))) == ("AUTHORISED", 1)


@pytest.mark.parametrize(("setting", "fate"), [("authorise", "AUTHORISED"), ("hold", "part_paid")])
def test_part_paid_while_pending_is_for_the_country_to_say(setting, fate):
    made = plan(an_order().paid("card", "10.00").status(1), part_paid_pending=setting)

    found = decision(made)
    assert (found.status if isinstance(found, Invoice) else found.reason) == fate


@pytest.mark.parametrize("status", ENTERING)
def test_what_is_on_its_way_is_authorised_and_paid(status):
    made = plan(an_order().status(status))

    assert (invoice(made).status, outcome(made)) == ("AUTHORISED", "posted")


@pytest.mark.parametrize("status", [4, 14])
def test_refunded_without_a_record_of_the_refund_holds_the_credit_and_not_the_invoice(status):
    made = plan(an_order().status(status))

    assert isinstance(decision(made), Invoice)
    assert holds(made) == [("credit_note", "refund_without_record")]


@pytest.mark.parametrize(("status", "why"), [(5, "cancelled_never_paid"), (6, "declined")])
def test_what_ended_before_any_money_came_is_skipped(status, why):
    assert reason(plan(an_order().unpaid().status(status))) == why


@pytest.mark.parametrize("status", [5, 6])
def test_what_ended_with_money_is_held(status):
    found = decision(plan(an_order().status(status)))

    assert isinstance(found, Hold)
    assert (found.reason, found.figures["received"]) == ("cancelled_with_money", "22.00")


def test_cancelled_and_given_back_enters_with_its_credit_note():
    made = plan(an_order().paid("card").refunded({"MUG": 1}).status(5))

    assert [each.kind for each in made.documents] == ["invoice", "payment", "credit_note", "refund_payment"]
    assert outcome(made) == "posted"


class TestArchivedIsFilingNotCancelling:
    """`is_deleted` says nothing about money."""

    def test_without_money_it_is_skipped(self):
        assert reason(plan(an_order().unpaid().archived())) == "archived"

    def test_with_money_it_is_held(self):
        assert reason(plan(an_order().archived())) == "cancelled_with_money"

    def test_an_archived_cancelled_order_is_as_cancelled(self):
        assert reason(plan(an_order().unpaid().status(5).archived())) == "cancelled_never_paid"


def test_imported_history_is_skipped():
    assert reason(plan(an_order().migrated())) == "migrated_history"


def test_an_order_whose_every_transaction_is_a_test_is_skipped():
    assert reason(plan(an_order().paid("card", test=True))) == "test_order"


@pytest.mark.parametrize(("setting", "status"), [("authorised", "AUTHORISED"), ("draft", "DRAFT")])
def test_an_authorisation_is_not_money(setting, status):
    made = plan(an_order().authorised("card").status(11), uncaptured=setting)

    assert (invoice(made).status, payments(made)) == (status, [])


def test_a_negative_total_is_held():
    owed = an_order().stating(total_inc_tax="-1.0000", total_ex_tax="-1.0000", total_tax="0.0000")

    assert reason(plan(owed)) == "total_differs"


def test_in_the_first_days_of_a_connection_everything_is_a_draft():
    assert invoice(plan(an_order(), first_run_status="DRAFT")).status == "DRAFT"


def test_an_order_from_before_the_connection_is_skipped():
    from datetime import UTC, datetime

    made = plan(an_order().placed("2026-05-13T02:00:00+00:00"), start_from=datetime(2026, 6, 1, tzinfo=UTC))

    assert isinstance(decision(made), Skip)
    assert reason(made) == "before_start"


def test_an_invoice_that_stands_keeps_its_date_whatever_is_locked_since():
    standing = Standing(day("2026-05-13"), "PAID")
    placed = an_order().placed("2026-05-13T02:00:00+00:00")

    assert invoice(plan(placed, standing=standing, tax_filed_to=day("2026-05-31"))).invoice_date == day("2026-05-13")
