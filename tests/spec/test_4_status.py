"""accounting.md 4: whether an order enters the books, and as what. Money decides before status."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from given import POLICY, D, Standing, day, decision, holds, invoice, order, outcome, payments, plan, reason

from include.domain.document import Invoice
from include.domain.order import Status
from include.domain.outcome import Hold, Skip
from include.domain.status import Enter, Money, entry_of, says_refunded
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


class TestWhatEndedWithMoney:
    """Held with what was received and what went back; nobody guesses."""

    def ended(self, received, given_back="0", *, status=5, payment_status="", currency="AUD"):
        told = order(an_order().unpaid().status(status).stating(payment_status=payment_status))
        money = Money(received if received is None else D(received), D(given_back))
        return entry_of(replace(told, currency=currency), money, None, POLICY)

    @pytest.mark.parametrize(("status", "word"), [(5, "Cancelled"), (6, "Declined")])
    def test_the_figures_are_told(self, status, word):
        assert self.ended("22.00", "5.00", status=status) == Hold(
            "cancelled_with_money",
            f"{word}, but 17.00 was received and not given back.",
            {"received": "22.00", "given back": "5.00"},
        )

    def test_yen_are_told_without_decimals(self):
        found = self.ended("2200", "500", currency="JPY")

        assert isinstance(found, Hold)
        assert found.sentence == "Cancelled, but 1700 was received and not given back."
        assert found.figures == {"received": "2200", "given back": "500"}

    @pytest.mark.parametrize(("status", "word"), [(5, "Cancelled"), (6, "Declined")])
    def test_where_nobody_looked_it_is_held_too(self, status, word):
        assert self.ended(None, status=status) == Hold(
            "cancelled_with_money", f"{word}, and nobody looked whether money came."
        )

    @pytest.mark.parametrize("said", ["captured", "paid", "partially refunded", "refunded"])
    def test_an_order_that_says_money_came_is_held_although_none_is_found(self, said):
        assert isinstance(self.ended("0", payment_status=said), Hold)

    def test_more_given_back_than_received_is_held(self):
        assert isinstance(self.ended("22.00", "23.00"), Hold)

    def test_given_back_whole_it_enters(self):
        assert self.ended("22.00", "22.00") == Enter("AUTHORISED")


def test_part_paid_is_held_with_what_came_and_what_is_awaited():
    waits = order(an_order().line("MUG", price="1200").status(1))
    held = replace(POLICY, part_paid_pending="hold")

    assert entry_of(waits, Money(D("200")), D("1200"), held) == Hold(
        "part_paid",
        "200.00 of 1200.00 was paid; the rest is awaited.",
        {"received": "200.00", "total": "1200.00"},
    )
    assert entry_of(replace(waits, currency="JPY"), Money(D("200")), D("1200"), held) == Hold(
        "part_paid", "200 of 1200 was paid; the rest is awaited.", {"received": "200", "total": "1200"}
    )


def test_paid_to_the_cent_is_paid_and_a_cent_less_is_not():
    waits = order(an_order().line("MUG", price="22.00").status(1))
    held = replace(POLICY, part_paid_pending="hold")

    assert entry_of(waits, Money(D("22.00")), D("22.00"), held) == Enter("AUTHORISED")
    assert isinstance(entry_of(waits, Money(D("21.99")), D("22.00"), held), Hold)
    assert entry_of(waits, Money(D("0.01")), D("22.00"), POLICY) == Enter("AUTHORISED")


@pytest.mark.parametrize(
    ("status", "said", "refunded"),
    [
        (4, "", True),
        (14, "", True),
        (11, "refunded", True),
        (11, "partially refunded", True),
        (11, "captured", False),
    ],
)
def test_an_order_says_by_its_status_or_its_payment_that_money_went_back(status, said, refunded):
    assert says_refunded(order(an_order().status(status).stating(payment_status=said))) == refunded


def test_a_status_that_nobody_documents_is_held():
    found = decision(plan(an_order().status(11).stating(status_id=77)))

    assert found == Hold("unknown_shape", "Status 77 is none that BigCommerce documents.")


class TestArchivedIsFilingNotCancelling:
    """`is_deleted` says nothing about money."""

    def test_without_money_it_is_skipped(self):
        assert reason(plan(an_order().unpaid().archived())) == "archived"

    def test_with_money_it_is_held(self):
        assert reason(plan(an_order().archived())) == "cancelled_with_money"

    def test_what_waits_for_payment_is_held_if_any_came_and_skipped_if_none(self):
        waits = an_order().line("MUG", price="22.00").status(1).archived()

        assert decision(plan(waits.unpaid())) == Skip("archived")
        assert decision(plan(waits.paid("card", "1.00"))) == Hold(
            "cancelled_with_money", "Archived while it waited for payment."
        )

    def test_what_is_on_its_way_is_held_where_nobody_looked_for_money(self):
        filed = order(an_order().status(11).archived())
        said = "The order is archived in the shop, but money was received for it."

        assert entry_of(filed, Money(None), None, POLICY) == Hold("cancelled_with_money", said)
        assert entry_of(filed, Money(D("0.01")), None, POLICY) == Hold("cancelled_with_money", said)
        assert entry_of(filed, Money(D(0)), None, POLICY) == Skip("archived")

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
    start = datetime(2026, 6, 1, tzinfo=UTC)
    made = plan(an_order().placed("2026-05-13T02:00:00+00:00"), start_from=start)

    assert isinstance(decision(made), Skip)
    assert reason(made) == "before_start"
    assert invoice(plan(an_order().placed("2026-06-01T00:00:00+00:00"), start_from=start)).status == "AUTHORISED"


def test_a_status_in_which_the_settings_wait_is_skipped_until_it_changes():
    waiting = {**POLICY.statuses, 9: "wait"}

    assert decision(plan(an_order().status(9), statuses=waiting)) == Skip("waits_for_status")
    assert invoice(plan(an_order().status(2), statuses=waiting)).status == "AUTHORISED"


def test_an_invoice_that_stands_keeps_its_date_whatever_is_locked_since():
    standing = Standing(day("2026-05-13"), "PAID")
    placed = an_order().placed("2026-05-13T02:00:00+00:00")

    assert invoice(plan(placed, standing=standing, tax_filed_to=day("2026-05-31"))).invoice_date == day("2026-05-13")
