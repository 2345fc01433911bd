"""accounting.md 2: one order becomes one invoice. A wrong field here is a wrong tax return or an invoice nobody finds."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, Standing, day, decision, invoice, lines, order, plan, reason

from include.domain.invoice import number_of
from include.domain.outcome import Hold, Skip
from include.domain.plan import plan_order
from include.domain.policy import TaxRule, TaxType
from include.sandbox.order_builder import an_order


def test_the_number_is_the_prefix_and_the_order_and_so_the_same_whenever_it_is_made():
    assert invoice(plan(an_order(1042))).number == "BC-1042"
    assert invoice(plan(an_order(1042), prefix="NZ-")).number == "NZ-1042"


def test_an_order_revived_after_a_void_gets_the_next_generation_of_its_number():
    assert number_of(order(an_order(1042)), POLICY, generation=2) == "BC-1042-2"


def test_the_reference_is_what_the_accountant_searches_by():
    assert invoice(plan(an_order(1042))).reference == "1042"
    assert invoice(plan(an_order(1042).stating(external_order_id="WEB-7"))).reference == "1042 / WEB-7"


def test_the_url_leads_to_the_order_in_the_control_panel():
    made = plan(an_order(1042), control_panel_url="https://store.example.com")

    assert invoice(made).url == "https://store.example.com/manage/orders/1042"


@pytest.mark.parametrize(
    ("zone", "dated"),
    [("Australia/Sydney", "2026-07-01"), ("Europe/London", "2026-07-01"), ("America/Los_Angeles", "2026-06-30")],
)
def test_the_date_is_the_day_of_the_order_in_the_organisations_zone(zone, dated):
    late = an_order().placed("2026-06-30T23:30:00+00:00")

    assert invoice(plan(late, reference=replace(REFERENCE, zone=zone))).invoice_date == day(dated)


def test_a_draft_that_is_approved_is_dated_by_what_approved_it():
    waits = an_order().placed("2026-05-13T02:00:00+00:00")
    draft = Standing(day("2026-05-13"), "DRAFT")

    by_money = plan(waits.paid("card", at="2026-05-20T01:00:00+00:00"), standing=draft)
    by_dispatch = plan(waits.unpaid().status(2).stating(date_shipped="Fri, 22 May 2026 01:00:00 +0000"), standing=draft)
    by_status = plan(waits.unpaid().status(11).modified("2026-05-25T01:00:00+00:00"), standing=draft)
    by_setting = plan(waits.paid("card", at="2026-05-20T01:00:00+00:00"), standing=draft, approval_date="order")

    dates = [invoice(made).invoice_date for made in (by_money, by_dispatch, by_status, by_setting)]
    assert dates == [day("2026-05-20"), day("2026-05-22"), day("2026-05-25"), day("2026-05-13")]


def test_a_paid_order_is_due_on_its_day_any_other_by_the_terms():
    placed = an_order().placed("2026-05-13T02:00:00+00:00")

    assert invoice(plan(placed)).due_date == day("2026-05-13")
    assert invoice(plan(placed.unpaid(), terms_days=30)).due_date == day("2026-06-12")


@pytest.mark.parametrize(
    ("setting", "rate"),
    [("xero", None), ("store", D("0.92"))],
)
def test_the_currency_rate_is_xeros_own_unless_the_setting_says_the_stores(setting, rate):
    foreign = an_order().sent_to("NZ").in_currency("NZD", store_currency="AUD", rate="0.92").taxed("0")
    reference = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}))

    found = invoice(plan(foreign, reference=reference, currency_rate=setting)).currency_rate

    assert found is None if rate is None else found is not None


def test_a_currency_that_the_organisation_does_not_have_is_held():
    assert reason(plan(an_order().sent_to("NZ").in_currency("NZD", store_currency="AUD").taxed("0"))) == (
        "currency_unknown"
    )


def test_prices_with_tax_make_an_inclusive_invoice_and_prices_without_an_exclusive_one():
    assert invoice(plan(an_order().line("MUG", price="22.00"))).line_amount_types == "Inclusive"
    assert invoice(plan(an_order().prices_without_tax().line("MUG", price="20.00"))).line_amount_types == "Exclusive"


def test_a_line_bears_its_amount_after_all_discounts_and_still_tells_the_discount():
    """The captured order 519: ten at 250.00 with 100.00 off at a levy of 5.5 %."""
    levy = TaxRule("levy", "TAX001", D("5.5"), country="AU", tax_name="Bottle levy")
    reference = replace(
        REFERENCE, tax_types={**REFERENCE.tax_types, "TAX001": TaxType("TAX001", D("5.5"), active=True)}
    )
    sold = an_order().taxed(("Bottle levy", "5.5")).line("BOTTLE", price="250.00", quantity=10).discount("100.00")

    made = plan(sold, reference=reference, tax_rules=(levy, *POLICY.tax_rules))

    assert lines(made) == [("BOTTLE", "2400.00", "125.12", "TAX001")]
    assert "was 2500.00, discount 100.00" in invoice(made).lines[0].description


def test_the_description_is_name_options_and_sku():
    made = plan(an_order().line("TEA", price="11.00", name="Tea", options={"Blend": "Evening"}))

    assert invoice(made).lines[0].description == "Tea (Blend: Evening) [TEA]"


def test_an_item_code_is_given_only_where_the_item_exists():
    known = replace(REFERENCE, items=frozenset({"MUG"}))
    two = an_order().line("MUG", price="22.00").line("CUP", price="11.00")

    assert [line.item_code for line in invoice(plan(two, reference=known)).lines] == ["MUG", None]
    assert reason(plan(two, reference=known, unknown_sku="hold")) == "sku_unmapped"


def test_units_that_no_four_decimal_price_fits_become_two_lines_of_the_item():
    """600 units for 197.00: 400 x 0.3283 and 200 x 0.3284, since tracked stock moves by the units."""
    sold = an_order().line("SCREW", price="0.5", quantity=600, tax=("GST Free", "0")).discount("103.00")
    made = plan(sold, reference=replace(REFERENCE, items=frozenset({"SCREW"})))

    assert [(int(line.quantity), f"{line.unit_amount:.4f}") for line in invoice(made).lines] == [
        (400, "0.3283"),
        (200, "0.3284"),
    ]


def test_without_an_item_such_units_stand_in_the_text():
    sold = an_order().line("SCREW", price="0.5", quantity=600, tax=("GST Free", "0")).discount("103.00")
    [line] = invoice(plan(sold)).lines

    assert (line.quantity, line.unit_amount) == (1, D("197.00"))
    assert "x 600" in line.description


def test_the_tax_of_the_lines_is_rounded_so_that_it_sums_to_the_orders():
    """Largest remainder: 3 x 0.1250 = 0.13 + 0.13 + 0.12."""
    sold = an_order().tax_to_the_fourth_decimal().prices_without_tax()
    for sku in ("A", "B", "C"):
        sold = sold.line(sku, price="1.25")

    made = invoice(plan(sold))

    assert sorted(line.tax for line in made.lines) == [D("0.12"), D("0.13"), D("0.13")]
    assert made.tax == D("0.38")


def test_tax_is_stated_only_where_xero_would_compute_another():
    levied = an_order().line("MUG", price="22.00")

    assert [line.tax_stated for line in invoice(plan(levied)).lines] == [False]


def test_shipping_handling_wrapping_and_fees_have_a_line_and_an_account_each():
    sold = an_order().line("MUG", price="22.00").wrapping("5.50").shipping("11.00").handling("3.30").fee("Rush", "2.20")

    made = invoice(plan(sold))

    assert [(line.kind, line.account) for line in made.lines] == [
        ("item", "200"),
        ("shipping", "260"),
        ("handling", "261"),
        ("wrapping", "262"),
        ("fee", "263"),
    ]


def test_a_fee_whose_name_has_no_account_is_held():
    accounts = replace(POLICY.accounts, fees={"rush": "263"})
    odd = an_order().line("MUG", price="22.00").fee("Surprise", "2.20")

    assert reason(plan(odd, accounts=accounts)) == "account_dead"


def test_a_tip_bears_no_tax():
    made = plan(an_order().line("MUG", price="22.00").fee("Tip", "5.00", tax="0"))

    assert lines(made)[1] == ("Tip", "5.00", "0.00", "BASEXCLUDED")


def test_a_sold_gift_certificate_is_a_liability_without_tax():
    made = invoice(plan(an_order().line("MUG", price="22.00").sold_certificate("50.00")))

    assert [(line.account, line.tax_type) for line in made.lines] == [("200", "OUTPUT"), ("840", "BASEXCLUDED")]


def test_a_country_that_must_say_how_vouchers_are_taxed_is_held_until_it_does():
    sold = an_order().sold_certificate("50.00")

    assert reason(plan(sold, voucher_kind=None)) == "voucher_kind_unanswered"


def test_a_difference_within_the_tolerance_is_one_rounding_line_without_tax():
    sold = an_order()
    for sku in ("A", "B", "C"):
        sold = sold.line(sku, price="0.335")

    assert lines(plan(sold))[-1] == ("rounding", "-0.01", "0.00", "BASEXCLUDED")


def test_a_difference_above_the_tolerance_is_held_with_both_figures():
    found = decision(plan(an_order().line("MUG", price="22.00").stating(total_inc_tax="22.0600")))

    assert isinstance(found, Hold)
    assert (found.reason, found.figures) == (
        "total_differs",
        {"lines": "22.00", "order": "22.06", "difference": "0.06"},
    )


def test_a_total_of_zero_is_an_invoice_unless_the_setting_skips_it():
    free = an_order().line("MUG", price="22.00").coupon("ALL", percent="100")

    assert invoice(plan(free)).total == 0
    assert isinstance(decision(plan(free, zero_total="skip")), Skip)


def test_a_discount_of_a_few_yen_too_much_leaves_nothing_of_its_line():
    told = an_order().in_currency("JPY").line("MUG", price="1100", tax="0").line("CUP", price="2200", tax="0")
    shop = order(told.discount("100", on="MUG"))
    mug, cup = shop.lines
    less = replace(shop, lines=(replace(mug, discounted_total_inc=D(-3)), cup), total_inc=D(2197))
    reference = replace(REFERENCE, currencies=frozenset({"JPY"}), base_currency="JPY")

    made = invoice(plan_order(less, POLICY, reference))

    assert [(line.ref, line.amount) for line in made.lines] == [("MUG", 0), ("CUP", 2200), ("rounding", -3)]


def test_an_order_of_five_hundred_lines_is_an_invoice_of_five_hundred_lines():
    told = an_order(1042)
    for n in range(1, 501):
        told = told.line(f"PART-{n}", price="1.10")

    made = invoice(plan(told))

    assert (len(made.lines), f"{made.total:.2f}", f"{made.tax:.2f}") == (500, "550.00", "50.00")


def test_a_thousand_units_at_a_fraction_of_a_cent_come_to_what_was_charged():
    made = invoice(plan(an_order(1042).line("NAIL", price="0.01234", quantity=1000)))

    assert (f"{made.total:.2f}", f"{made.tax:.2f}") == ("12.34", "1.12")
    assert sum(line.amount for line in made.lines) == made.total
