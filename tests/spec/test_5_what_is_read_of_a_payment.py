"""accounting.md 5: what Xero is told of a payment, and what a bookkeeper reads of one that is not posted."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, day, invoice, order, payments, plan

from include.domain.document import Payment
from include.domain.outcome import Hold, Skip
from include.domain.plan import plan_order
from include.domain.policy import Account, TenderRule
from include.sandbox.order_builder import an_order

CARD = an_order(1042).line("MUG", price="22.00").paid("card")


def first(made):
    """The decision on the first payment."""
    return next(each.decision for each in made.documents if each.kind == "payment")


class TestWhatKeepsAPaymentFromBeingPosted:
    """The amount, the way it was paid, and what is wrong with it."""

    def test_a_way_of_paying_without_an_account(self):
        assert first(plan(CARD, tenders=())) == Hold(
            "method_unmapped",
            "22.00 was paid by Credit Card / stripe / credit_card, which has no account.",
            {"amount": "22.00", "payment method": "Credit Card", "gateway": "stripe"},
        )

    def test_a_way_that_is_excluded(self):
        excluded = TenderRule("marketplace", "615", method="credit_card", excluded=True)

        assert first(plan(CARD, tenders=(excluded,))) == Skip(
            "excluded_by_setting", "22.00 by marketplace is not posted by us, by setting."
        )

    def test_store_credit_where_a_person_says_whether_it_was_paid_for(self):
        told = an_order().line("MUG", price="22.00").store_credit("22.00").paid("card")

        assert first(plan(told, promotional_credit="hold")) == Hold(
            "setting_unanswered",
            "22.00 was paid by store credit; by setting a person says whether it was paid for or given away.",
            {"amount": "22.00"},
            "Release it as a payment, or set `promotional_credit: tender`.",
        )
        assert isinstance(first(plan(CARD, promotional_credit="hold")), Payment)

    @pytest.mark.parametrize("credit", ["gift_certificate", "store_credit"])
    def test_credit_that_is_issued_in_another_currency(self, credit):
        told = an_order().sent_to("NZ").in_currency("NZD", store_currency="AUD", rate="1.08").taxed("0")
        told = getattr(told.line("MUG", price="22.00"), credit)("22.00").paid("card")
        reference = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}))

        assert first(plan(told, reference=reference)) == Hold(
            "currency_unknown",
            f"22.00 NZD was paid by {credit.replace('gift_certificate', 'gift_card')}_liability, which is issued in AUD.",
            {"amount": "22.00", "issued in": "AUD", "order in": "NZD"},
        )

    def test_money_in_another_currency(self):
        shop = order(CARD)
        euro = tuple(replace(tender, currency="EUR") for tender in shop.tenders)

        assert first(plan_order(replace(shop, tenders=euro), POLICY, REFERENCE)) == Hold(
            "currency_unknown",
            "22.00 was paid in EUR, but the order is in AUD.",
            {"amount": "22.00", "paid in": "EUR", "order in": "AUD"},
        )

    @pytest.mark.parametrize(
        "account",
        [
            None,
            Account("615", "", active=False, takes_payments=True),
            Account("615", "", active=True, takes_payments=False),
        ],
        ids=["missing", "archived", "takes no payments"],
    )
    def test_an_account_that_takes_none(self, account):
        accounts = {code: each for code, each in REFERENCE.accounts.items() if code != "615"}
        reference = replace(REFERENCE, accounts=accounts | ({"615": account} if account else {}))

        assert first(plan(CARD, reference=reference)) == Hold(
            "account_dead",
            "Account 615 for card_clearing is missing, archived or takes no payments.",
            {"account": "615"},
        )

    def test_an_account_in_another_currency(self):
        euro = Account("615", "BANK", active=True, takes_payments=True, currency="EUR")
        reference = replace(REFERENCE, accounts={**REFERENCE.accounts, "615": euro})

        assert first(plan(CARD, reference=reference)) == Hold(
            "currency_unknown",
            "Account 615 is in EUR, the order in AUD.",
            {"account": "615", "amount": "22.00"},
        )

    def test_money_beyond_the_total(self):
        made = plan(CARD.paid("card", "3.00"))

        assert [each.decision for each in made.documents][2] == Hold(
            "overpaid",
            "3.00 came by credit_card, 3.00 more than the 22.00 that the order is worth.",
            {"received": "3.00", "excess": "3.00"},
        )
        assert [each.part.endswith("-excess") for each in made.documents] == [False, False, True]
        assert made.documents[2].amount == 3

    def test_one_tender_of_too_much_is_posted_up_to_the_total(self):
        made = plan(an_order().line("MUG", price="22.00").paid("card", "25.00"))

        paid, excess = [each for each in made.documents if each.kind == "payment"]
        assert (paid.decision.amount, excess.amount) == (22, 3)
        assert excess.part == f"{paid.part}-excess"
        assert excess.decision.sentence == (
            "25.00 came by credit_card, 3.00 more than the 22.00 that the order is worth."
        )

    def test_yen_are_told_without_decimals(self):
        yen = an_order().in_currency("JPY").line("MUG", price="1100").paid("card", "1105")
        reference = replace(REFERENCE, currencies=frozenset({"JPY"}), base_currency="JPY")
        made = plan(yen, reference=reference)

        assert [each.decision.sentence for each in made.documents if isinstance(each.decision, Hold)] == [
            "1105 came by credit_card, 5 more than the 1100 that the order is worth."
        ]
        assert [dict(each.decision.figures) for each in made.documents if isinstance(each.decision, Hold)] == [
            {"received": "1105", "excess": "5"}
        ]
        assert first(plan(yen, reference=reference, tenders=())).figures["amount"] == "1100"

    def test_fractions_of_a_yen_are_rounded_to_whole_ones(self):
        yen = an_order().in_currency("JPY").line("MUG", price="1100").paid("card", "1105.6")
        reference = replace(REFERENCE, currencies=frozenset({"JPY"}), base_currency="JPY")
        less = an_order().in_currency("JPY").line("MUG", price="1100").paid("card", "1099.4").status(11)

        assert str(plan(yen, reference=reference).documents[2].amount) == "6"
        assert str(payments(plan(less, reference=reference))[0].amount) == "1099"


class TestAPayment:
    """What Xero is told of it."""

    def test_all_of_it(self):
        told = an_order(1042).line("MUG", price="22.00").paid("card", at="2026-05-14T02:00:00+00:00")
        [tender] = order(told).tenders

        [made] = payments(plan(told))

        assert made == Payment(
            part=tender.id,
            invoice_number="BC-1042",
            tender="card_clearing",
            account="615",
            payment_date=day("2026-05-14"),
            amount=D("22.00"),
            currency="AUD",
            reference=f"BC-1042/{tender.id} {tender.gateway_id}",
        )

    def test_its_reference_is_the_invoice_and_the_part_where_the_gateway_gives_no_id(self):
        shop = order(CARD)
        bare = tuple(replace(tender, gateway_id=None, id="77") for tender in shop.tenders)

        [made] = payments(plan_order(replace(shop, tenders=bare), POLICY, REFERENCE))
        assert made.reference == "BC-1042/77"

    def test_money_that_clears_later_keeps_its_day_and_waits(self):
        slow = TenderRule("card_clearing", "615", method="credit_card", clears_after_days=3)
        [made] = payments(plan(CARD.placed("2026-05-13T02:00:00+00:00"), tenders=(slow,)))

        assert (made.payment_date, made.not_before) == (day("2026-05-13"), day("2026-05-16"))

    def test_money_in_the_base_currency_pays_at_the_invoices_own_rate(self):
        told = an_order().sent_to("NZ").in_currency("NZD", store_currency="AUD", rate="1.08").taxed("0")
        told = told.line("MUG", price="22.00").paid("card")
        accounts = dict(REFERENCE.accounts)
        rates = []
        for currency in ("", "AUD", "NZD"):
            accounts["615"] = Account("615", "BANK", active=True, takes_payments=True, currency=currency)
            reference = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}), accounts=accounts)
            made = plan(told, reference=reference, currency_rate="store")
            rates.append((payments(made)[0].currency_rate, invoice(made).currency_rate))

        assert [(paid == whole, paid is None) for paid, whole in rates] == [(True, False), (True, False), (False, True)]
