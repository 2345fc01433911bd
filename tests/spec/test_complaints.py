"""What went wrong for others, on the orders that went wrong: one test a complaint, named by its right outcome.

Decided by the core alone, without a database or a vendor. Those that need the books themselves are in
`tests/flow/test_complaints_*.py`; `test_every_complaint_about_orders_has_its_test` counts both.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from given import (
    POLICY,
    REFERENCE,
    D,
    allocated,
    credit_notes,
    day,
    decision,
    holds,
    invoice,
    lines,
    order,
    outcome,
    paid_out,
    payments,
    plan,
    reason,
)

from include.domain.contact import Known, contact_of, resolve
from include.domain.difference import InBooks, act_on, act_on_cancelled
from include.domain.document import Standing
from include.domain.invoice import number_of
from include.domain.order import Order
from include.domain.outcome import Hold
from include.domain.plan import Plan, plan_order
from include.domain.policy import Account, Policy, TaxRule, TaxType
from include.domain.rules import findings_of
from include.sandbox.order_builder import an_order
from include.settings.store import SettingsError, store_named
from include.wire.bigcommerce_order import gathered, order_of
from include.wire.xero_documents import credit_note_body

#: The complaints that concern orders and the stock of their goods. Numbers that are missing were never given.
COMPLAINTS = [
    *("C01", "C02", "C04", "C05", "C07", "C08", "C09", "C10", "C11", "C13", "C14", "C15", "C16", "C18", "C19", "C20"),
    *("C21", "C23", "C24", "C25", "C27", "C28", "C30", "C31", "C32", "C33", "C35", "C36", "C37", "C38", "C40", "C41"),
    *("C43", "C44", "C45", "C46", "C47", "C49", "C51", "C52", "C53", "C54", "C57", "C59", "C61", "C63", "C66", "C67"),
]
ROOT = Path(__file__).parents[2]
TESTS = (Path(__file__), *(ROOT / "tests" / "flow").glob("test_complaints_*.py"))
SHARED = Path(os.environ.get("BRIDGE_SHARED") or ROOT.parent / "shared")

MUG = an_order(1042).line("MUG", price="22.00")  # 22.00 with 2.00 GST in it, paid by card
TWO_MUGS = an_order(1042).line("MUG", price="22.00", quantity=2).shipping("11.00").paid("card")


def held(made: Plan) -> Hold:
    """The hold on the invoice."""
    found = decision(made)
    assert isinstance(found, Hold), found
    return found


def money(*amounts) -> list[str]:
    return [f"{amount:.2f}" for amount in amounts]


def with_rule(name: str, rate: str, code: str) -> tuple:
    """The organisation and the rules with one more Australian tax."""
    rules = (TaxRule(name, code, D(rate), country="AU", tax_name=name), *POLICY.tax_rules)
    return replace(REFERENCE, tax_types={**REFERENCE.tax_types, code: TaxType(code, D(rate), active=True)}), rules


# Twice, or not sure whether once


def test_c02_only_the_shops_order_is_revenue_and_what_the_gateway_says_is_payment():
    """The gateway tells of one sale three times: reserved, taken, and settled to the bank."""
    bundle = MUG.authorised("card").captured().build()
    settled = {**bundle["transactions"]["data"][-1], "id": 104299, "event": "settled"}
    made = plan({**bundle, "transactions": [*bundle["transactions"]["data"], settled]})

    revenue = sum(line.amount for line in invoice(made).lines if line.account == "200")
    [payment] = payments(made)
    assert money(revenue, payment.amount) == ["22.00", "22.00"]
    assert payment.account == "615"  # a clearing account, never one of revenue


# Cents


def test_c10_the_invoice_total_is_the_orders_total_a_cent_is_a_visible_rounding_line_and_more_is_held():
    """Three at 1.25 before tax: the shop rounds their tax together to 0.38, Xero alone would say three times 0.13."""
    together = an_order().prices_without_tax().tax_to_the_fourth_decimal()
    for sku in ("A", "B", "C"):
        together = together.line(sku, price="1.25")
    made = invoice(plan(together))
    assert money(made.total, made.tax) == ["4.13", "0.38"]

    # 30.00 and a cent nobody can name: the cent has a line of its own. With six cents a person looks.
    cent = plan(an_order().line("MUG", price="30.00").stating(total_inc_tax="30.0100"))
    assert lines(cent)[1:] == [("rounding", "0.01", "0.00", "BASEXCLUDED")]
    assert invoice(cent).lines[1].account == "860"
    six = held(plan(an_order().line("MUG", price="30.00").stating(total_inc_tax="30.0600")))
    assert (six.reason, six.figures["lines"], six.figures["order"]) == ("total_differs", "30.00", "30.06")


def test_c11_prices_with_tax_that_miss_the_total_by_a_cent_are_cured_without_being_asked():
    """9.95 and 1.02 are 10.97; the shop charged 10.98. Nobody set anything."""
    odd = an_order().line("A", price="9.95").line("B", price="1.02").stating(total_inc_tax="10.9800")

    made = plan(odd.paid("card", "10.98"))

    assert money(invoice(made).total, payments(made)[0].amount) == ["10.98", "10.98"]
    assert ("rounding", "0.01", "0.00", "BASEXCLUDED") in lines(made)
    assert Policy.__dataclass_fields__["tolerance_minor_units"].default == 5


def test_c13_a_free_item_and_an_order_for_nothing_are_posted_at_zero():
    gift = plan(MUG.line("PEN", price="5.00").coupon("PEN", percent="100", on="PEN"))
    assert [(ref, amount, tax) for ref, amount, tax, _ in lines(gift)] == [
        ("MUG", "22.00", "2.00"),
        ("PEN", "0.00", "0.00"),
    ]

    nothing = plan(MUG.coupon("ALL", percent="100"))
    assert (money(invoice(nothing).total, invoice(nothing).tax), payments(nothing)) == (["0.00", "0.00"], [])


@pytest.mark.parametrize("with_tax", [True, False])
def test_c13_a_discount_that_was_rounded_above_its_line_leaves_the_line_at_zero(with_tax):
    """Three at 3.335 are 10.005, and all of it is given away: the shop writes the discount as 10.01."""
    told = MUG.line("TRIO", price="3.335", quantity=3, tax=("GST Free", "0"))
    if not with_tax:
        told = told.prices_without_tax()
    bundle = told.coupon("TRIO", percent="100", on="TRIO").paid("card").build()
    trio = bundle["products"][1]
    trio["applied_discounts"][0]["amount"] = "10.0100"
    trio.pop("discounted_total_inc_tax")  # older shops do not state it

    assert lines(plan(bundle))[1] == ("TRIO", "0.00", "0.00", "EXEMPTOUTPUT")


@pytest.mark.parametrize(("quantity", "amount"), [(1, "22.50"), (2, "45.00"), (3, "67.50"), (7, "157.50")])
def test_c14_the_discount_in_the_books_is_the_orders_for_any_quantity(quantity, amount):
    """Ten percent off 25.00 a piece."""
    made = invoice(plan(an_order().line("MUG", price="25.00", quantity=quantity).coupon("TEN", percent="10")))

    assert money(made.lines[0].amount, made.total) == [amount, amount]
    assert f"was {25 * quantity}.00, discount {D('2.5') * quantity:.2f}" in made.lines[0].description


def test_c15_tax_is_on_what_is_left_after_the_discount_and_the_payment_is_what_was_charged():
    """100.00 less 20.00, with ten percent: 88.00 were paid. Tax on the whole 100.00 would make it 90.00: held."""
    sold = an_order().prices_without_tax().line("LAMP", price="100.00").discount("20.00")
    made = plan(sold)
    assert lines(made) == [("LAMP", "80.00", "8.00", "OUTPUT")]
    assert money(invoice(made).total, payments(made)[0].amount) == ["88.00", "88.00"]

    bundle = sold.stating(total_inc_tax="90.0000", total_tax="10.0000").build()
    bundle["products"][0]["total_tax"] = "10.0000"
    wrong = plan(bundle)
    assert reason(wrong) == "tax_unexplained"
    assert payments(wrong) == []


def test_c16_a_cent_of_tax_is_settled_before_there_is_a_payment_and_more_holds_the_payment_too():
    cent = MUG.stating(total_tax="2.0100", total_ex_tax="19.9900")
    made = invoice(plan(cent))
    assert (money(made.total, made.tax), made.lines[0].tax_stated) == (["22.00", "2.01"], True)
    # The next run finds the paid invoice as the order still says it: there is nothing to unpick.
    paid = InBooks("id", made.number, "PAID", made.total, made.tax, made.total, D(0), currency="AUD")
    assert act_on(made, paid, made.total, closed=False).verb == "nothing"

    more = plan(MUG.stating(total_tax="2.0900", total_ex_tax="19.9100"))
    assert holds(more) == [("invoice", "total_differs"), ("payment", "invoice_held")]


# Tax and refunds


def test_c18_a_refund_of_a_free_amount_is_held_with_the_tax_of_the_orders_mix_proposed():
    """121.00 with 11.00 GST; 10.00 are given back, and the shop says no tax: 10.00 x 11 / 121 = 0.91."""
    made = plan(an_order().line("LAMP", price="121.00").paid("card").refunded(amount="10.00"))

    [wait] = [each.decision for each in made.documents if isinstance(each.decision, Hold)]
    assert (wait.reason, wait.figures["tax by the order's mix"]) == ("refund_unexplained", "0.91")
    assert credit_notes(made) == []


def test_c19_tax_is_never_added_to_prices_that_include_it_and_a_total_that_says_so_is_held_with_both_figures():
    """69.00 with 19 percent in it is 69.00, 11.02 of it tax; 82.11 would be the tax on top once more."""
    reference, rules = with_rule("VAT", "19", "TAX019")
    sold = an_order().line("LAMP", price="69.00", tax=("VAT", "19"))

    made = plan(sold, reference=reference, tax_rules=rules)
    assert (lines(made), invoice(made).line_amount_types) == ([("LAMP", "69.00", "11.02", "TAX019")], "Inclusive")

    wrong = held(plan(sold.stating(total_inc_tax="82.1100"), reference=reference, tax_rules=rules))
    assert (wrong.reason, wrong.figures["lines"], wrong.figures["order"]) == ("total_differs", "69.00", "82.11")


def test_c20_a_bundle_is_posted_once_at_its_price_and_held_with_the_figures_where_its_total_tax_or_net_differ():
    bundle = an_order().line("SET", price="44.00").part_of("SET", "CUP", quantity=2).part_of("SET", "POT")
    made = invoice(plan(bundle))
    assert money(made.total, made.tax, made.lines[0].amount, made.lines[1].amount) == ["44.00", "4.00", "44.00", "0.00"]

    total = held(plan(bundle.stating(total_inc_tax="66.0000")))
    tax = held(plan(bundle.stating(total_tax="6.0000")))
    assert (total.figures["lines"], total.figures["order"]) == ("44.00", "66.00")
    assert (tax.figures["tax of lines"], tax.figures["tax of order"]) == ("4.00", "6.00")


def test_c21_tax_is_that_of_each_line_by_a_rule_and_without_a_rule_nothing_is_posted():
    """11.00 taxed and 5.00 free is 6.7 % together, a rate that nobody has; four cents bear no cent of GST, and are taxed."""
    mixed = an_order().line("CUP", price="11.00").line("BREAD", price="5.00", tax=("GST Free", "0"))
    made = plan(mixed.line("PIN", price="0.04"))
    assert lines(made) == [
        ("CUP", "11.00", "1.00", "OUTPUT"),
        ("BREAD", "5.00", "0.00", "EXEMPTOUTPUT"),
        ("PIN", "0.04", "0.00", "OUTPUT"),
    ]

    unknown = plan(mixed.line("OIL", price="10.75", tax=("City levy", "7.5")))
    assert (reason(unknown), payments(unknown)) == ("tax_rate_unmapped", [])


def test_c25_refunded_by_its_status_alone_is_for_a_person_no_credit_is_invented_and_no_stock_comes_back_by_itself():
    by_hand = plan(MUG.status(4))
    assert holds(by_hand) == [("credit_note", "refund_without_record")]
    assert (credit_notes(by_hand), invoice(by_hand).total) == ([], D("22.00"))

    tracked = replace(REFERENCE, items=frozenset({"MUG"}))
    [note] = credit_notes(plan(MUG.paid("card").refunded({"MUG": 1}), reference=tracked))
    assert [line.item_code for line in note.lines] == [None]  # an item on it would raise Xero's stock


def test_c27_a_credit_is_what_was_refunded_with_its_shipping_and_tax_and_belongs_to_that_invoice():
    """Two mugs at 22.00 and 11.00 of shipping; one mug and half the shipping come back: 27.50, 2.50 of it tax."""
    made = plan(TWO_MUGS.refunded({"MUG": 1}, shipping="5.50"))

    [note] = credit_notes(made)
    assert money(note.total, note.tax) == ["27.50", "2.50"]
    assert [(line.ref, *money(line.amount, line.tax)) for line in note.lines] == [
        ("MUG", "22.00", "2.00"),
        ("shipping", "5.50", "0.50"),
    ]
    assert (note.invoice_number, note.number[:8]) == ("BC-1042", "BCR-1042")
    assert money(*(each.amount for each in paid_out(made))) == ["27.50"]
    assert allocated(made) == []  # all of it went back, so nothing is set against what is due


KIWI = an_order(1042).sent_to("NZ").in_currency("NZD", store_currency="AUD", rate="1.08").taxed("0")
WITH_NZD = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}))


def test_c28_a_foreign_refund_is_credited_in_the_sales_currency_at_the_sales_rate():
    sold = KIWI.line("MUG", price="50.00").paid("card").refunded({"MUG": 1})

    made = plan(sold, reference=WITH_NZD, currency_rate="store")

    [note] = credit_notes(made)
    assert (invoice(made).currency_rate, note.currency, note.total) == (D("1.08"), "NZD", D("50.00"))
    assert '"CurrencyRate":1.08' in credit_note_body(note)


# Gift certificates, store credit, currency


def test_c30_a_certificate_is_a_liability_when_sold_and_a_settlement_when_used_whole_or_beside_a_card():
    sold = plan(an_order().sold_certificate("50.00"))
    assert [(line.account, line.tax_type) for line in invoice(sold).lines] == [("840", "BASEXCLUDED")]

    def used(amount):
        made = plan(an_order().line("LAMP", price="50.00").gift_certificate(amount).paid("card"))
        assert [line.account for line in invoice(made).lines] == ["200"]  # revenue once, when the goods are sold
        return sorted((each.account, *money(each.amount)) for each in payments(made))

    assert used("50.00") == [("840", "50.00")]
    assert used("20.00") == [("615", "30.00"), ("840", "20.00")]


def test_c31_a_refund_to_store_credit_settles_to_the_liability_and_moves_no_bank_account():
    made = plan(an_order().line("MUG", price="22.00").paid("Cash").refunded({"MUG": 1}, to="store_credit"))

    assert [(each.account, *money(each.amount)) for each in paid_out(made)] == [("841", "22.00")]
    assert money(credit_notes(made)[0].total) == ["22.00"]


def test_c32_the_document_is_in_the_currency_that_was_paid_with_its_rate_or_held_where_xero_lacks_it():
    sold = KIWI.line("MUG", price="50.00")

    made = invoice(plan(sold, reference=WITH_NZD, currency_rate="store"))
    assert (made.currency, made.total, made.currency_rate) == ("NZD", D("50.00"), D("1.08"))
    assert invoice(plan(sold, reference=WITH_NZD)).currency_rate is None  # Xero's own rate of the day, by default

    assert reason(plan(sold)) == "currency_unknown"


def in_euro() -> object:
    """The organisation whose card account is kept in euro."""
    euro = Account("615", "BANK", active=True, takes_payments=True, currency="EUR")
    return replace(REFERENCE, accounts={**REFERENCE.accounts, "615": euro})


def test_c33_money_to_an_account_of_another_currency_is_held_before_it_is_sent_with_a_plain_reason():
    made = plan(MUG, reference=in_euro())

    [wait] = [each.decision for each in made.documents if isinstance(each.decision, Hold)]
    assert (wait.reason, wait.sentence) == ("currency_unknown", "Account 615 is in EUR, the order in AUD.")
    assert invoice(made).total == D("22.00")


def test_c33_money_that_goes_back_from_an_account_of_another_currency_is_held_too():
    made = plan(MUG.paid("card").refunded({"MUG": 1}), reference=in_euro())

    assert paid_out(made) == []
    assert ("refund_payment", "currency_unknown") in holds(made)


# Dates and closed periods


@pytest.mark.parametrize(
    ("zone", "placed", "dated"),
    [
        ("Pacific/Auckland", "2026-06-30T12:00:00+00:00", "2026-07-01"),  # midnight there, noon at the shop
        ("Pacific/Auckland", "2026-06-30T11:59:59+00:00", "2026-06-30"),  # a second before
        ("Pacific/Auckland", "2026-09-26T13:59:59+00:00", "2026-09-27"),  # the night the clocks go forward
        ("Pacific/Auckland", "2026-04-04T12:30:00+00:00", "2026-04-05"),  # the night they go back
        ("Pacific/Auckland", "2027-03-31T10:59:59+00:00", "2027-03-31"),  # the last second of the tax year
        ("Pacific/Auckland", "2027-03-31T11:00:00+00:00", "2027-04-01"),
    ],
)
def test_c35_the_date_is_the_local_day_at_midnight_at_a_months_end_and_when_the_clocks_change(zone, placed, dated):
    made = invoice(plan(an_order().placed(placed), reference=replace(REFERENCE, zone=zone)))

    assert made.invoice_date == day(dated)


MAY = an_order(1042).placed("2026-05-13T02:00:00+00:00").line("MUG", price="22.00")
MAY_IS_CLOSED = replace(REFERENCE, lock_date=day("2026-05-31"))


def test_c37_a_document_before_the_lock_waits_or_takes_the_first_open_day_and_tells_its_own():
    waits = held(plan(MAY, reference=MAY_IS_CLOSED))
    assert (waits.reason, waits.figures) == ("locked_period", {"date": "2026-05-13", "closed to": "2026-05-31"})

    moved = plan(MAY, reference=MAY_IS_CLOSED, locked_period="first_open_day")
    assert (invoice(moved).invoice_date, payments(moved)[0].payment_date) == (day("2026-06-01"), day("2026-06-01"))
    assert invoice(moved).reference == "1042 (dated 2026-05-13)"


def test_c38_a_closed_period_is_never_altered_and_the_credit_proposed_is_dated_today():
    """Xero lets an adviser's connection pass the lock: that it could is no reason to."""
    posted = InBooks("id", "BC-1042", "AUTHORISED", D("22.00"), D("2.00"), D(0), D(0), currency="AUD")
    edited = invoice(
        plan(
            MAY.line("CUP", price="11.00"), reference=MAY_IS_CLOSED, standing=Standing(day("2026-05-13"), "AUTHORISED")
        )
    )

    cancelled = act_on_cancelled(posted, "cancelled_never_paid", closed=True)
    changed = act_on(edited, posted, D("22.00"), closed=True)

    assert cancelled.verb == "nothing"  # it is credited today instead
    assert isinstance(changed, Hold)
    assert (changed.reason, changed.figures["difference"]) == ("locked_period", "11.00")


# People working in Xero


def test_c40_what_is_made_anew_after_a_void_bears_a_suffix_since_a_number_is_spent_once_used():
    assert [number_of(order(MUG), POLICY, generation) for generation in (1, 2, 3)] == [
        "BC-1042",
        "BC-1042-2",
        "BC-1042-3",
    ]


def test_c44_an_archived_account_or_an_unknown_tax_type_holds_the_orders_that_need_it_and_no_others():
    closed = Account("260", "", active=False, takes_payments=False)
    without_shipping = replace(REFERENCE, accounts={**REFERENCE.accounts, "260": closed})
    without_gst = replace(
        REFERENCE, tax_types={**REFERENCE.tax_types, "OUTPUT": TaxType("OUTPUT", D(10), active=False)}
    )

    assert reason(plan(MUG.shipping("5.50"), reference=without_shipping)) == "account_dead"
    assert outcome(plan(MUG, reference=without_shipping)) == "posted"
    assert reason(plan(MUG, reference=without_gst)) == "tax_type_dead"
    assert (
        outcome(plan(an_order().line("BREAD", price="5.00", tax=("GST Free", "0")), reference=without_gst)) == "posted"
    )


# Contacts

JANE = contact_of(order(MUG.bought_by("Jane Doe", customer=1042)), POLICY)


def known(contact_id: str, name: str = "Jane Doe", number: str = "", email: str = "", **more) -> Known:
    return Known(contact_id, name, number, email, **{"active": True, **more})


def test_c45_a_shopper_is_met_by_the_shops_customer_id_then_by_e_mail_and_never_by_the_name_alone():
    another = known("another-jane", email="other.jane@example.com")

    assert resolve(JANE, None, (another, known("numbered", number="bc:demo1:1042"))).contact_id == "numbered"
    assert (
        resolve(JANE, None, (another, known("mailed", "J. Doe", email="jane.doe@example.com"))).contact_id == "mailed"
    )
    alone = resolve(JANE, None, (another,))
    assert (alone.action, alone.contact_id) == ("create", None)  # nobody's address is overwritten


def test_c46_a_name_is_cleaned_of_blanks_and_one_that_is_taken_gets_a_mark_of_its_own():
    bundle = MUG.bought_by("Jane Doe", customer=1042).build()
    bundle["order"]["billing_address"] |= {"first_name": " Jane  ", "last_name": "Doe\u00a0 "}
    jane = contact_of(order(bundle), POLICY)

    assert (jane.name, resolve(jane, None, ()).name) == ("Jane Doe", "Jane Doe")
    assert resolve(jane, None, (known("somebody", email="other@example.com"),)).name == "Jane Doe (BC 1042)"
    two = (known("one", email="jane.doe@example.com"), known("two", email="jane.doe@example.com"))
    assert resolve(jane, None, two).action == "ambiguous"


def test_c47_a_merged_contact_is_followed_and_an_archived_one_is_held_by_its_code_and_never_revived():
    merged = known("old", number="bc:demo1:1042", active=False, merged_to="new")
    assert resolve(JANE, None, (merged, known("new"))).contact_id == "new"

    gone = resolve(JANE, None, (known("old", "Jane Doe of old", number="bc:demo1:1042", active=False),))
    assert (gone.action, gone.words) == ("archived", "contact bc:demo1:1042 is archived in Xero")


# Fields


def test_c63_long_names_are_cut_where_they_must_be_told_whole_in_the_text_and_numbers_bear_their_shops_prefix():
    title = "Hand-thrown mug, " + "very " * 40 + "blue"
    made = plan(an_order(7).line("MUG", price="22.00", name=title).bought_by("Jo " + "Park" * 90))

    assert title in invoice(made).lines[0].description
    assert len(made.contact.name) == 255
    two_shops = {invoice(plan(an_order(7), prefix=prefix)).number for prefix in ("AU-", "NZ-")}
    assert two_shops == {"AU-7", "NZ-7"}


def test_c63_two_shops_of_one_organisation_with_one_prefix_are_refused_at_the_start(tmp_path, monkeypatch):
    for key in ("north", "south"):
        text = store_named("demo").text.replace("store: demo\n", f"store: {key}\n")
        (tmp_path / f"{key}.yaml").write_text(text, "utf-8")
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))

    with pytest.raises(SettingsError, match="prefix"):
        store_named("south")


def test_c66_lines_shipping_and_tax_less_discounts_are_the_total_or_the_order_is_held():
    """The panel's shipping of 8.00 is in the total, and missing in what the shop tells."""
    sold = MUG.shipping("8.00").discount("2.00")
    assert money(invoice(plan(sold)).total) == ["28.00"]

    nothing = {f"shipping_cost_{part}": "0.0000" for part in ("inc_tax", "ex_tax", "tax")}
    wrong = held(plan(sold.stating(**nothing)))
    assert (wrong.reason, wrong.figures["lines"], wrong.figures["order"]) == ("total_differs", "20.00", "28.00")


def test_c67_an_order_with_a_part_unread_is_held_since_a_part_that_is_missing_is_not_none():
    bundle = MUG.line("CUP", price="11.00", quantity=50).build()

    def read(**parts) -> Order:
        found = order_of(gathered({"order": bundle["order"], **parts}))
        assert isinstance(found, Order)
        return found

    only_links = findings_of(read(), POLICY)
    cut_short = findings_of(read(products=bundle["products"][:1]), POLICY)
    assert {only_links["has_lines"].reason, cut_short["units_agree"].reason} == {"missing_field"}

    whole = order(bundle)
    no_money = plan_order(replace(whole, tenders=None), POLICY, REFERENCE)
    no_refunds = plan_order(replace(order(MUG.status(4)), refunds=None), POLICY, REFERENCE)
    assert holds(no_money) == [("payment", "missing_field")]
    assert holds(no_refunds) == [("credit_note", "missing_field")]


# None is forgotten


def numbers_with_a_test() -> set[str]:
    names = (name for path in TESTS for name in re.findall(r"def test_(c\d\d)_", path.read_text("utf-8")))
    return {name.upper() for name in names}


def test_every_complaint_about_orders_has_its_test():
    assert sorted(numbers_with_a_test()) == COMPLAINTS


@pytest.mark.skipif(not (SHARED / "complaints.md").is_file(), reason="the list itself is not beside the repository")
def test_no_complaint_was_added_to_the_list_since():
    listed = re.findall(r"^- (C\d\d) ", (SHARED / "complaints.md").read_text("utf-8"), re.MULTILINE)

    assert sorted(listed) == COMPLAINTS
