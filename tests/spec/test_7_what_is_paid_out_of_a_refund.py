"""accounting.md 7: a credit note is paid out for exactly what went back, and only its rest is set against what is due."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, Standing, allocated, credit_notes, day, holds, invoice, order, paid_out, plan
from refunding import MAY_20, SOLD, given_back, held_note, note_of, part, refund, way

from include.domain.document import Allocation, RefundPayment
from include.domain.outcome import Hold
from include.domain.policy import Account, TenderRule
from include.sandbox.order_builder import an_order

SHOP = order(SOLD)
[MUG] = SHOP.lines
ONE = part("PRODUCT", MUG.id, units=1)
#: 66.00 of mugs of which nothing was paid yet: all of it is due.
UNPAID = an_order(1042).line("MUG", price="22.00", quantity=3).placed("2026-05-13T02:00:00+00:00").unpaid().status(11)


class TestACreditNote:
    """Its number, its day, and whose it is."""

    def test_all_of_its_head(self):
        note = note_of(given_back(SOLD, refund("22.00", "2.00", ONE), credit_prefix="CN-"))

        assert (note.number, note.invoice_number, note.reference) == ("CN-1042-7", "BC-1042", "1042")
        assert (note.credit_date, note.currency, note.line_amount_types) == (day("2026-05-21"), "AUD", "Inclusive")
        assert (note.total, note.tax, note.currency_rate) == (22, 2, None)

    def test_it_is_at_its_invoices_own_rate(self):
        told = an_order(1042).sent_to("NZ").in_currency("NZD", store_currency="AUD", rate="1.08").taxed("0")
        told = told.line("MUG", price="22.00").paid("card")
        reference = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}))
        whole = refund("22.00", "0.00", part("PRODUCT", order(told).lines[0].id, units=1))
        made = given_back(told, whole, reference=reference, currency_rate="store")

        assert note_of(made).currency_rate == invoice(made).currency_rate == order(told).base_rate

    def test_it_is_never_dated_before_its_invoice(self):
        early = replace(refund("22.00", "2.00", ONE), created_at=MAY_20.replace(day=1))
        made = given_back(SOLD, early)

        assert note_of(made).credit_date == day("2026-05-13")
        assert paid_out(made)[0].payment_date == day("2026-05-13")

    def test_in_a_closed_period_it_is_held_or_moved(self):
        standing = Standing(day("2026-05-13"), "PAID")
        back = refund("22.00", "2.00", ONE)
        filed = {"tax_filed_to": day("2026-05-31")}

        held = held_note(given_back(SOLD, back, standing=standing, **filed))
        assert held.sentence == "It is dated 2026-05-21, but the books are closed to 2026-05-31."
        moved = given_back(SOLD, back, standing=standing, locked_period="first_open_day", **filed)
        assert note_of(moved).credit_date == paid_out(moved)[0].payment_date == day("2026-06-01")


class TestWhatGoesBack:
    """Each way in which it went, from the account of the tender that took it."""

    def test_all_of_the_payment(self):
        made = given_back(SOLD, refund("22.00", "2.00", ONE, out=(way("22.00", id="55"),)))

        assert paid_out(made) == [
            RefundPayment(
                part="7-55",
                credit_note_number="BCR-1042-7",
                tender="card_clearing",
                account="615",
                payment_date=day("2026-05-21"),
                amount=D("22.00"),
                currency="AUD",
                reference="BCR-1042-7/55",
            )
        ]
        assert [(each.kind, each.part, each.amount) for each in made.documents[2:]] == [
            ("credit_note", "7", D("22.00")),
            ("refund_payment", "7-55", D("22.00")),
        ]

    @pytest.mark.parametrize("provider", ["storecredit", "store_credit", "StoreCredit"])
    def test_to_store_credit_it_is_our_liability(self, provider):
        [out] = paid_out(given_back(SOLD, refund("22.00", "2.00", ONE, out=(way("22.00", provider),))))

        assert (out.tender, out.account) == ("store_credit_liability", "841")

    def test_a_rule_for_the_shops_own_credit_is_found_by_its_gateway(self):
        own = TenderRule("own credit", "840", gateway="bigcommerce", method="store_credit")
        back = refund("22.00", "2.00", ONE, out=(way("22.00", "storecredit"),))

        assert [out.account for out in paid_out(given_back(SOLD, back, tenders=(own, *POLICY.tenders)))] == ["840"]

    def test_it_goes_back_by_the_tender_that_the_provider_took_without_case(self):
        both = an_order(1042).line("MUG", price="44.00").paid("paypal", "22.00").paid("card")
        one = part("PRODUCT", order(both).lines[0].id, asked="22.00")

        [by_card] = paid_out(given_back(both, refund("22.00", "2.00", one, out=(way("22.00", "STRIPE"),))))
        assert by_card.tender == "card_clearing"

    def test_a_provider_that_took_nothing_has_only_an_account_of_its_own(self):
        back = refund("22.00", "2.00", ONE, out=(way("22.00", "bank transfer"),))
        made = given_back(SOLD, back)

        assert [each.decision for each in made.documents if each.kind == "refund_payment"] == [
            Hold(
                "method_unmapped",
                "22.00 was given back by bank transfer, which has no account.",
                {"amount": "22.00", "provider": "bank transfer"},
            )
        ]
        assert note_of(made).total == 22
        named = TenderRule("bank", "616", gateway="bank*")
        assert [out.account for out in paid_out(given_back(SOLD, back, tenders=(named, *POLICY.tenders)))] == ["616"]

    @pytest.mark.parametrize(
        "account", [None, Account("615", "BANK", active=True, takes_payments=True, currency="EUR")]
    )
    def test_an_account_that_it_cannot_come_from_holds_the_payment_and_not_the_credit_note(self, account):
        paid = Account("616", "", active=True, takes_payments=True)
        accounts = {code: each for code, each in REFERENCE.accounts.items() if code != "615"} | {"616": paid}
        reference = replace(REFERENCE, accounts=accounts | ({"615": account} if account else {}))
        made = given_back(SOLD, refund("22.00", "2.00", ONE), reference=reference)
        [held] = [each.decision for each in made.documents if each.kind == "refund_payment"]

        assert isinstance(held, Hold)
        assert held.reason == ("currency_unknown" if account else "account_dead")
        assert note_of(made).total == 22

    def test_by_two_ways_it_is_two_payments(self):
        out = (way("12.00", id="1"), way("10.00", "storecredit", id="2"))
        made = given_back(SOLD, refund("22.00", "2.00", ONE, out=out))

        assert [(each.part, each.amount) for each in paid_out(made)] == [("7-1", 12), ("7-2", 10)]

    def test_of_a_refund_with_a_declined_payment_nothing_is_posted(self):
        out = (way("12.00", id="1"), way("6.00", id="2", declined=True), way("4.00", id="3", declined=True))
        made = given_back(SOLD, refund("22.00", "2.00", ONE, out=out))

        assert held_note(made) == Hold(
            "refund_declined", "10.00 of the refund of 22.00 was declined.", {"refund": "22.00", "tax": "2.00"}
        )
        assert paid_out(made) == []

    def test_by_a_persons_decision_only_what_passed_is_paid_out(self):
        out = (way("12.00", id="1"), way("6.00", id="2", declined=True), way("4.00", id="3"))
        made = given_back(SOLD, refund("22.00", "2.00", ONE, out=out), declined_refund="passed")

        assert [(each.part, each.amount) for each in paid_out(made)] == [("7-1", 12), ("7-3", 4)]
        assert note_of(made).total == 22

    def test_a_refund_without_a_date_is_held(self):
        assert held_note(given_back(SOLD, replace(refund("22.00", "2.00", ONE), created_at=None))) == Hold(
            "missing_field", "The refund of 22.00 has no date.", {"field": "refunds.created"}
        )

    def test_more_than_came_or_than_is_credited_is_held(self):
        much = refund("22.00", "2.00", ONE, out=(way("22.01"),))

        assert held_note(given_back(SOLD, much)) == Hold(
            "refund_unexplained",
            "22.01 was given back; only 22.00 can be explained.",
            {"given back": "22.01", "received": "88.00", "credit": "22.00"},
        )

    def test_what_went_back_before_is_gone(self):
        first, second = refund("22.00", "2.00", ONE, id=1), refund("22.00", "2.00", ONE, id=2)
        part_paid = an_order(1042).line("MUG", price="22.00", quantity=3).authorised("card").captured("30.00")
        made = given_back(part_paid.status(11), first, second)

        assert [note.number for note in credit_notes(made)] == ["BCR-1042-1"]
        assert held_note(made).sentence == "22.00 was given back; only 8.00 can be explained."

    def test_a_held_refund_uses_up_nothing(self):
        much = refund("22.00", "2.00", ONE, out=(way("99.00"),), id=1)
        made = given_back(SOLD, much, refund("22.00", "2.00", ONE, id=2))

        assert [note.number for note in credit_notes(made)] == ["BCR-1042-2"]
        assert [each.part for each in paid_out(made)] == ["2-1"]
        puzzle = given_back(SOLD, refund("2.00", "2.00", id=1), refund("22.00", "2.00", ONE, id=2))
        assert [each.part for each in paid_out(puzzle)] == ["2-1"]


class TestWhatIsSetAgainstTheInvoice:
    """Never more than is due on it: Xero refuses that."""

    def test_the_rest_of_a_credit_note(self):
        made = given_back(UNPAID, refund("22.00", "2.00", part("PRODUCT", order(UNPAID).lines[0].id, units=1), out=()))

        assert allocated(made) == [Allocation("7", "BCR-1042-7", "BC-1042", D("22.00"), "AUD")]
        assert (made.documents[-1].kind, made.documents[-1].part, made.documents[-1].amount) == ("allocation", "7", 22)

    def test_no_more_than_is_due_whatever_refunds_come(self):
        told = an_order(1042).line("MUG", price="22.00", quantity=3).authorised("card").captured("36.00").status(11)
        one = part("PRODUCT", order(told).lines[0].id, units=1)
        made = given_back(told, refund("22.00", "2.00", one, out=(), id=1), refund("22.00", "2.00", one, out=(), id=2))

        assert [each.amount for each in allocated(made)] == [22, 8]

    def test_what_was_paid_in_full_has_nothing_due(self):
        assert allocated(given_back(SOLD, refund("22.00", "2.00", ONE, out=()))) == []

    def test_what_was_paid_out_is_not_set_against_it_too(self):
        told = an_order(1042).line("MUG", price="22.00", quantity=3).authorised("card").captured("36.00").status(11)
        one = part("PRODUCT", order(told).lines[0].id, units=1)
        made = given_back(told, refund("22.00", "2.00", one, out=(way("15.00"),)))

        assert ([each.amount for each in paid_out(made)], [each.amount for each in allocated(made)]) == ([15], [7])


class TestWhatAPersonMustDecide:
    """With the figures, and the order's own mix as a proposal."""

    def asked(self, *parts, **decided):
        return held_note(given_back(SOLD, refund("22.00", "2.00", *parts), **decided))

    FIGURES = {"refund": "22.00", "tax": "2.00", "tax by the order's mix": "2.00"}  # noqa: RUF012

    @pytest.mark.parametrize("parts", [(), (part("TAX"),)])
    def test_tax_alone(self, parts):
        assert self.asked(*parts) == Hold(
            "refund_unexplained", "Only tax was given back (2.00); no line says of what.", self.FIGURES
        )

    def test_a_free_amount(self):
        assert self.asked(part("ORDER", asked="22.00"), order_level_refund="hold") == Hold(
            "refund_unexplained", "A free amount of 22.00 was given back; the shop states no tax for it.", self.FIGURES
        )

    def test_goods_of_which_nobody_knows_whether_they_came_back(self):
        assert self.asked(ONE, refund_restocks="ask") == Hold(
            "refund_unexplained",
            "Goods of 22.00 were refunded; by setting a person says whether they came back into stock.",
            self.FIGURES,
        )
        freight = refund("11.00", "1.00", part("SHIPPING", SHOP.deliveries[0].id))
        assert note_of(given_back(SOLD, freight, refund_restocks="ask")).total == 11

    def test_a_part_of_a_kind_that_we_do_not_know(self):
        assert self.asked(ONE, part("WARRANTY"), part("GIFT")) == Hold(
            "refund_unexplained", "The refund of 22.00 has a part of unknown kind GIFT, WARRANTY.", self.FIGURES
        )

    def test_the_proposal_is_the_orders_mix_and_none_for_an_order_of_nothing(self):
        mixed = an_order().line("LAMP", price="121.00").paid("card")
        free = an_order().line("LAMP", price="121.00").coupon("ALL", percent="100")
        ten = refund("10.00", "0.00", part("ORDER", asked="10.00"))

        assert held_note(given_back(mixed, ten)).figures["tax by the order's mix"] == "0.91"
        assert "tax by the order's mix" not in held_note(given_back(free, ten)).figures

    def test_yen_are_told_without_decimals(self):
        yen = an_order(1042).in_currency("JPY").line("MUG", price="1100").paid("card")
        reference = replace(REFERENCE, currencies=frozenset({"JPY"}), base_currency="JPY")
        free = refund("110", "0", part("ORDER", asked="110"))
        one = part("PRODUCT", order(yen).lines[0].id, units=1)

        def held(back):
            found = held_note(given_back(yen, back, reference=reference))
            return found.sentence, dict(found.figures)

        assert held(free) == (
            "A free amount of 110 was given back; the shop states no tax for it.",
            {"refund": "110", "tax": "0", "tax by the order's mix": "10"},
        )
        assert held(refund("1100", "100", one, out=(way("1100", declined=True),)))[0] == (
            "1100 of the refund of 1100 was declined."
        )
        assert held(refund("1100", "100", one, out=(way("1101"),))) == (
            "1101 was given back; only 1100 can be explained.",
            {"given back": "1101", "received": "1100", "credit": "1100"},
        )
        strange = given_back(yen, refund("1100", "100", one, out=(way("1100", "cash"),)), reference=reference)
        assert [each.decision.figures["amount"] for each in strange.documents if each.kind == "refund_payment"] == [
            "1100"
        ]
        euro = Account("615", "BANK", active=True, takes_payments=True, currency="EUR")
        abroad = replace(reference, accounts={**REFERENCE.accounts, "615": euro})
        made = given_back(yen, refund("1100", "100", one), reference=abroad)
        [out] = [each.decision for each in made.documents if each.kind == "refund_payment"]
        assert isinstance(out, Hold)
        assert dict(out.figures) == {"account": "615", "amount": "1100"}
        assert note_of(given_back(yen, refund("1105", "105", one, out=(way("1100"),)), reference=reference)).tax == 105

    def test_a_held_credit_note_does_not_hold_its_invoice(self):
        made = given_back(SOLD, refund("22.00", "2.00"))

        assert [kind for kind, _ in holds(made)] == ["credit_note"]
        assert invoice(made).total == invoice(plan(SOLD)).total
