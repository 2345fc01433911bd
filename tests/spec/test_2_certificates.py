"""accounting.md 2: gift certificates. Taxed when sold or when redeemed: the wrong one pays the tax twice, or never."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, US_POLICY, US_REFERENCE, D, decision, invoice, lines, order, payments, plan
from given import reason as why

from include.domain.outcome import Hold
from include.domain.plan import plan_order
from include.domain.policy import TaxRule, TaxType
from include.domain.voucher import problem_with, redeemed_of
from include.sandbox.order_builder import an_order

VAT = TaxRule("vat", "OUTPUT", D(20), country="GB")
BRITAIN = replace(POLICY, tax_rules=(VAT,), voucher_kind="single_purpose", no_tax_type="NONE")
IN_BRITAIN = replace(
    REFERENCE,
    country="GB",
    base_currency="GBP",
    currencies=frozenset({"GBP"}),
    tax_types={
        "OUTPUT": TaxType("OUTPUT", D(20), active=True),
        "ZERO": TaxType("ZERO", D(0), active=True),
        "REDUCED": TaxType("REDUCED", D(5), active=True),
    },
)
BUYER = an_order(1042).in_currency("GBP").bought_by("Ann Lee", country="GB").taxed(("VAT", "20")).sent_to("GB")
MUG = BUYER.line("MUG", price="60.00")
USED = MUG.gift_certificate("24.00").paid("card")


def british(told, **decided):
    return plan(told, replace(BRITAIN, **decided), IN_BRITAIN)


class TestASingleCertificateThatIsSold:
    """The sale bears its tax, inside its face."""

    def test_a_hundred_is_83_33_and_16_67_of_tax(self):
        [line] = invoice(british(BUYER.sold_certificate("100.00"))).lines

        assert (line.amount, line.tax, line.tax_type, line.account) == (D("100.00"), D("16.67"), "OUTPUT", "840")
        assert line.words.startswith("tax 16.67: a single-purpose certificate, rule vat 20 % inside 100.00")

    def test_where_prices_are_before_tax_the_line_bears_the_net(self):
        made = invoice(british(BUYER.prices_without_tax().sold_certificate("100.00")))

        assert [(line.amount, line.tax) for line in made.lines] == [(D("83.33"), D("16.67"))]
        assert (made.line_amount_types, made.total, made.tax) == ("Exclusive", D("100.00"), D("16.67"))

    def test_beside_taxed_goods_the_taxes_add_up(self):
        made = invoice(british(MUG.sold_certificate("100.00")))

        assert [(line.amount, line.tax) for line in made.lines] == [(60, 10), (100, D("16.67"))]
        assert (made.total, made.tax) == (160, D("26.67"))

    def test_a_rule_for_certificates_comes_before_the_first_taxed_one_of_the_place(self):
        zero = TaxRule("zero", "ZERO", D(0), country="GB")
        own = TaxRule("own", "REDUCED", D(5), country="GB", line_kind="gift_certificate")
        sold = BUYER.sold_certificate("105.00")

        assert lines(british(sold, tax_rules=(zero, VAT, own)))[0][2:] == ("5.00", "REDUCED")
        assert lines(british(sold, tax_rules=(zero, VAT)))[0][2:] == ("17.50", "OUTPUT")

    def test_a_place_without_a_rate_holds(self):
        abroad = replace(VAT, country="FR")

        assert decision(british(BUYER.sold_certificate("100.00"), tax_rules=(abroad,))) == Hold(
            "tax_unexplained",
            "Gift certificate 100.00: a single-purpose certificate bears tax, and no rule has a rate for GB.",
            {"amount": "100.00"},
            "Add a tax rule with `line_kind: gift_certificate`.",
        )

    def test_a_tax_type_that_xero_would_refuse_holds(self):
        dead = replace(VAT, tax_type="LOST")

        assert why(british(BUYER.sold_certificate("100.00"), tax_rules=(dead,))) == "tax_type_dead"


class TestASingleCertificateThatIsUsed:
    """Its tax is paid already: it comes off the sale again, and is no payment."""

    def test_the_certificate_is_a_negative_line_of_the_same_tax_type_to_the_liability(self):
        made = british(USED)
        line = invoice(made).lines[-1]

        assert (line.kind, line.ref, line.quantity) == ("voucher", "voucher", 1)
        assert (line.unit_amount, line.amount, line.tax, line.tax_stated) == (-24, -24, -4, True)
        assert (line.account, line.tax_type, line.item_code) == ("840", "OUTPUT", None)
        assert line.description == "Gift certificate redeemed, taxed when it was sold"
        assert line.words == "24.00 by a certificate that was taxed when sold: rule vat 20 %"
        assert (invoice(made).total, invoice(made).tax) == (36, 6)
        assert [payment.amount for payment in payments(made)] == [36]

    def test_where_prices_are_before_tax_the_line_bears_the_net(self):
        told = BUYER.prices_without_tax().line("MUG", price="50.00").gift_certificate("24.00").paid("card")
        made = british(told)

        assert (invoice(made).lines[-1].amount, invoice(made).lines[-1].tax) == (-20, -4)
        assert (invoice(made).total, invoice(made).tax) == (36, 6)

    def test_one_that_pays_all_leaves_an_invoice_of_nothing(self):
        made = british(MUG.gift_certificate("60.00").paid("card"))

        assert (invoice(made).total, invoice(made).tax, payments(made)) == (0, 0, [])

    def test_more_than_the_sale_is_held(self):
        shop = order(USED)
        much = replace(shop, gift_certificate_amount=D("61.00"), total_inc=D("60.00"))

        found = decision(plan_order(much, BRITAIN, IN_BRITAIN))
        assert found == Hold(
            "overpaid",
            "61.00 by certificate is more than 60.00.",
            {"certificate": "61.00", "order": "60.00"},
        )

    def test_it_is_the_buyers_place_that_says_the_rate(self):
        """Sent to France, bought in Britain, where the certificate was sold."""
        french = TaxRule("french", "REDUCED", D(5), country="FR")
        told = BUYER.sent_to("FR").line("MUG", price="63.00", tax=("TVA", "5")).gift_certificate("24.00").paid("card")

        assert [line[1:] for line in lines(british(told, tax_rules=(french, VAT)))] == [
            ("63.00", "3.00", "REDUCED"),
            ("-24.00", "-4.00", "OUTPUT"),
        ]

    def test_a_rule_for_certificates_alone_says_the_rate(self):
        own = TaxRule("own", "REDUCED", D(5), country="GB", line_kind="gift_certificate")

        assert lines(british(USED, tax_rules=(VAT, own)))[-1][1:] == ("-24.00", "-1.14", "REDUCED")

    def test_a_tax_type_that_xero_would_refuse_is_told_of_the_certificate(self):
        dead = TaxRule("own", "LOST", D(5), country="GB", line_kind="gift_certificate")
        found = decision(british(USED, tax_rules=(VAT, dead)))

        assert isinstance(found, Hold)
        assert found.sentence == "Gift certificate: tax type LOST of rule own does not exist in Xero."

    def test_without_a_rate_at_the_buyers_place_the_order_is_held(self):
        french = TaxRule("french", "REDUCED", D(5), country="FR")
        told = BUYER.sent_to("FR").line("MUG", price="63.00", tax=("TVA", "5")).gift_certificate("24.00").paid("card")

        assert why(british(told, tax_rules=(french,))) == "tax_unexplained"


class TestHowMuchWasRedeemed:
    """What the order states, and else its transactions of certificates that went through."""

    def redeemed(self, policy=BRITAIN, stated="0", **changed):
        shop = order(MUG.paid("card"))
        [tender] = shop.tenders
        row = replace(tender, method="gift_certificate", **changed)
        return redeemed_of(replace(shop, tenders=(tender, row), gift_certificate_amount=D(stated)), policy)

    def test_what_the_order_states_comes_first(self):
        assert self.redeemed(stated="7.00") == 7

    def test_a_transaction_counts_where_the_order_states_none(self):
        assert self.redeemed(amount=D("9.00")) == 9

    @pytest.mark.parametrize(
        "changed", [{"ok": False}, {"test": True}, {"event": "refund"}, {"event": "void"}, {"method": "credit_card"}]
    )
    def test_what_failed_was_a_test_or_no_purchase_does_not(self, changed):
        shop = order(MUG.paid("card"))
        row = replace(shop.tenders[0], **{"method": "gift_certificate", **changed})

        assert redeemed_of(replace(shop, tenders=(row,)), BRITAIN) == 0

    def test_transactions_that_nobody_read_are_none(self):
        assert redeemed_of(replace(order(MUG), tenders=None), BRITAIN) == 0

    def test_a_certificate_that_is_a_payment_takes_nothing_off_the_sale(self):
        assert self.redeemed(POLICY, stated="7.00") == 0


class TestAnAnswerThatTheSetUpLacks:
    """Held until somebody says how certificates are taxed here."""

    @pytest.mark.parametrize(("sold", "done"), [(True, "sold"), (False, "used")])
    def test_nobody_said_how_they_are_taxed(self, sold, done):
        assert problem_with(order(USED), replace(BRITAIN, voucher_kind=None), sold=sold) == Hold(
            "voucher_kind_unanswered", f"A gift certificate was {done}; the settings do not say how it is taxed."
        )

    @pytest.mark.parametrize(("sold", "done"), [(True, "sold"), (False, "used")])
    def test_no_liability_account_is_set(self, sold, done):
        bare = replace(BRITAIN, accounts=replace(BRITAIN.accounts, gift_card_liability=""))

        assert problem_with(order(USED), bare, sold=sold) == Hold(
            "setting_unanswered",
            f"A gift certificate was {done}; no liability account is set for it.",
            remedy="Set `accounts: gift_card_liability` in the store's settings.",
        )
        payment = replace(bare, voucher_kind="multi_purpose")
        assert (problem_with(order(USED), payment, sold=sold) is None) == (not sold)

    def test_one_that_bears_a_tax_type_where_tax_is_posted_as_lines_of_its_own(self):
        both = replace(BRITAIN, tax_posting="liability_line")

        assert problem_with(order(USED), both, sold=False) == Hold(
            "setting_unanswered",
            "A single-purpose certificate bears a tax type, but sales tax is posted as lines of its own.",
            remedy="Set `voucher_kind: multi_purpose`.",
        )
        assert problem_with(order(USED), replace(both, voucher_kind="multi_purpose"), sold=False) is None
        assert problem_with(order(USED), BRITAIN, sold=True) is None

    def test_an_order_that_sells_one_is_held_whole(self):
        sold = MUG.sold_certificate("50.00")

        assert decision(british(sold, voucher_kind=None)) == Hold(
            "voucher_kind_unanswered", "A gift certificate was sold; the settings do not say how it is taxed."
        )
        american = an_order().in_currency("USD").bought_by("Jo Park", country="US").sold_certificate("50.00")
        assert why(plan(american, US_POLICY, US_REFERENCE, voucher_kind=None)) == "voucher_kind_unanswered"
        assert invoice(plan(american, US_POLICY, US_REFERENCE)).lines[0].account == "840"
