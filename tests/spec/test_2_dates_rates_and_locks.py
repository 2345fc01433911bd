"""accounting.md 2 and 7: the day of an invoice, its rate, and the periods that are closed. A day too late is another
tax return."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, Standing, day, decision, invoice, order, plan

from include.domain.invoice import closed_to_of, invoice_of, number_of, open_day
from include.domain.outcome import Hold, Skip
from include.domain.policy import DatedRate
from include.domain.proof import Proof, prove
from include.sandbox.order_builder import an_order

MAY = an_order(1042).placed("2026-05-13T02:00:00+00:00")
EURO = an_order(1042).sent_to("NZ").in_currency("NZD", store_currency="AUD", rate="1.08").taxed("0")
WITH_NZD = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}))


def closed(*, filed=None, locked=None):
    policy = replace(POLICY, tax_filed_to=filed and day(filed))
    return policy, replace(REFERENCE, lock_date=locked and day(locked))


class TestClosedPeriods:
    """Xero refuses a document that is dated on its lock date or before it."""

    @pytest.mark.parametrize(
        ("filed", "locked", "last"),
        [
            (None, None, None),
            ("2026-05-31", None, "2026-05-31"),
            (None, "2026-04-30", "2026-04-30"),
            ("2026-05-31", "2026-04-30", "2026-05-31"),
            ("2026-03-31", "2026-04-30", "2026-04-30"),
        ],
    )
    def test_the_later_of_what_was_locked_and_what_was_filed_counts(self, filed, locked, last):
        assert closed_to_of(*closed(filed=filed, locked=locked)) == (last and day(last))

    def test_the_last_closed_day_is_closed_and_the_next_is_open(self):
        policy, reference = closed(locked="2026-05-31")

        assert open_day(day("2026-06-01"), policy, reference) == day("2026-06-01")
        assert open_day(day("2026-05-31"), policy, reference) == Hold(
            "locked_period",
            "It is dated 2026-05-31, but the books are closed to 2026-05-31.",
            {"date": "2026-05-31", "closed to": "2026-05-31"},
        )

    def test_by_setting_it_moves_to_the_first_open_day_and_its_reference_tells_the_true_one(self):
        made = invoice(plan(MAY, tax_filed_to=day("2026-05-31"), locked_period="first_open_day"))

        assert made.invoice_date == made.due_date == day("2026-06-01")
        assert made.reference == "1042 (dated 2026-05-13)"
        assert invoice(plan(MAY, locked_period="first_open_day")).reference == "1042"

    def test_a_draft_that_is_approved_is_held_where_its_day_is_closed(self):
        draft = Standing(day("2026-05-13"), "DRAFT")
        approved = MAY.paid("card", at="2026-05-20T01:00:00+00:00")

        found = decision(plan(approved, standing=draft, tax_filed_to=day("2026-05-31")))

        assert isinstance(found, Hold)
        assert found.sentence == "It is dated 2026-05-20, but the books are closed to 2026-05-31."

    def test_a_draft_that_is_approved_later_does_not_say_that_it_was_moved(self):
        draft = Standing(day("2026-05-13"), "DRAFT")

        assert invoice(plan(MAY.paid("card", at="2026-05-20T01:00:00+00:00"), standing=draft)).reference == "1042"


class TestTheDayOfWhatStands:
    """An invoice keeps its day; only the approval of a draft gives it another, and never an earlier one."""

    def dated(self, status, told, **decided):
        return invoice(plan(told, standing=Standing(day("2026-05-15"), status), **decided)).invoice_date

    def test_what_is_authorised_keeps_its_day(self):
        paid_later = MAY.paid("card", at="2026-05-20T01:00:00+00:00")

        assert self.dated("AUTHORISED", paid_later) == day("2026-05-15")
        assert self.dated("PAID", paid_later) == day("2026-05-15")

    def test_a_draft_that_stays_one_keeps_its_day(self):
        assert self.dated("DRAFT", MAY.unpaid().status(1)) == day("2026-05-15")
        assert self.dated("DRAFT", MAY.unpaid().status(1).modified("2026-05-25T01:00:00+00:00")) == day("2026-05-15")

    def test_money_that_came_before_the_draft_does_not_move_it_back(self):
        assert self.dated("DRAFT", MAY.paid("card", at="2026-05-14T01:00:00+00:00")) == day("2026-05-15")

    def test_by_setting_the_orders_day_stays(self):
        paid_later = MAY.paid("card", at="2026-05-20T01:00:00+00:00")

        assert self.dated("DRAFT", paid_later, approval_date="order") == day("2026-05-15")
        assert self.dated("DRAFT", paid_later) == day("2026-05-20")


class TestTheCurrencyRate:
    """Xero's own, the store's, or the company's."""

    def rate(self, told=EURO, **decided):
        return invoice(plan(told, reference=WITH_NZD, **decided)).currency_rate

    def test_by_default_xero_uses_its_own(self):
        assert self.rate() is None

    def test_the_stores_is_taken_only_where_its_base_is_the_organisations(self):
        assert self.rate(currency_rate="store") == order(EURO).base_rate
        elsewhere = EURO.in_currency("NZD", store_currency="EUR", rate="1.08")
        assert self.rate(elsewhere, currency_rate="store") is None

    @pytest.mark.parametrize("source", ["store", "table"])
    def test_an_order_in_the_organisations_own_currency_has_none(self, source):
        assert self.rate(an_order(1042), currency_rate=source) is None

    def test_the_companys_own_is_the_latest_known_on_the_orders_day(self):
        told = EURO.placed("2026-05-13T02:00:00+00:00")
        table = (
            DatedRate("NZD", day("2026-04-01"), D("1.07")),
            DatedRate("NZD", day("2026-05-13"), D("1.09")),
            DatedRate("NZD", day("2026-05-14"), D("1.10")),
            DatedRate("USD", day("2026-05-13"), D("0.66")),
        )

        assert self.rate(told, currency_rate="table", currency_rates=table) == D("1.09")
        assert decision(plan(told, reference=WITH_NZD, currency_rate="table", currency_rates=table[2:])) == Hold(
            "setting_unanswered",
            "The company's own rates are to be used, and none is given for NZD on 2026-05-13.",
            {"currency": "NZD", "date": "2026-05-13"},
            "Add the rate under `currency_rates` in the store's settings.",
        )


class TestAnOrderThatCannotBeInvoiced:
    """What finance reads."""

    def test_a_currency_that_the_organisation_does_not_have(self):
        reference = replace(REFERENCE, currencies=frozenset({"USD", "AUD"}))

        assert decision(plan(EURO, reference=reference)) == Hold(
            "currency_unknown",
            "The order is in NZD; the organisation books in AUD, USD.",
            {"order": "NZD", "organisation": "AUD, USD"},
        )

    def test_a_third_decimal(self):
        dinars = an_order().in_currency("KWD", store_currency="KWD").taxed("0").sent_to("KW")
        found = decision(plan(dinars, reference=replace(REFERENCE, currencies=frozenset({"AUD", "KWD"}))))

        assert isinstance(found, Hold)
        assert found.sentence == "The order is in KWD; the organisation books in AUD, KWD, and Xero keeps two decimals."

    def test_a_total_below_nothing(self):
        owed = an_order().stating(total_inc_tax="-1.0000", total_ex_tax="-1.0000", total_tax="0.0000")
        free = order(an_order().line("MUG", price="22.00").coupon("ALL", percent="100"))

        assert isinstance(decision(plan(owed)), Hold)
        proof = prove(replace(free, total_inc=D("-0.04")), 5)
        assert isinstance(proof, Proof)
        assert invoice_of(free, proof, "AUTHORISED", "501", POLICY, REFERENCE, paid=True) == Hold(
            "total_differs", "The total is negative: -0.04.", {"total": "-0.04"}
        )

    def test_a_total_of_nothing_that_is_skipped_by_setting(self):
        free = an_order().line("MUG", price="22.00").coupon("ALL", percent="100")

        assert decision(plan(free, zero_total="skip")) == Skip(
            "excluded_by_setting", "The order's total is zero, and zero totals are skipped by setting."
        )
        assert invoice(plan(an_order().line("MUG", price="0.50"), zero_total="skip")).total == D("0.50")


def test_the_invoice_names_its_contact_its_rounding_and_its_status():
    made = invoice(
        plan(an_order(1042).bought_by("Jane Doe", customer=77).line("A", price="0.335").line("B", price="0.335"))
    )

    assert (made.contact_key, made.rounding) == ("77", D("-0.01"))
    assert invoice(plan(an_order(1042))).rounding == 0


def test_a_first_invoice_has_the_orders_number_and_no_url_without_a_control_panel():
    assert number_of(order(an_order(1042)), POLICY) == "BC-1042"
    assert invoice(plan(an_order(1042))).url == ""


def test_a_very_long_reference_is_cut():
    assert len(invoice(plan(an_order(1042).stating(external_order_id="W" * 300))).reference) == 255


def test_the_stores_branding_is_that_of_the_invoice():
    assert invoice(plan(an_order(), branding_theme_id="theme")).branding_theme_id == "theme"
