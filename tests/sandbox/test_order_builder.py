"""The order builder states money as the shop does.

Business risk covered: every other test of ours argues with orders from this builder. If its arithmetic were ours and not
the shop's, all of them would agree with us, and finance would not.
"""

import doctest
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.sandbox import order_builder
from include.sandbox.order_builder import an_order, as_json
from include.sandbox.order_builder.amounts import exactly, spread

D = Decimal
CASES = Path(__file__).parents[3] / "shared" / "cases"


def test_an_order_of_which_nothing_is_said_is_one_mug_paid_by_card():
    bundle = an_order(1001).build()

    assert bundle["order"]["total_inc_tax"] == "22.0000"
    assert bundle["order"]["total_tax"] == "2.0000"
    assert [(row["event"], row["amount"]) for row in bundle["transactions"]["data"]] == [("purchase", D("22.00"))]


def test_order_519_as_it_was_recorded():
    bundle = an_order(519).taxed(("GST", "5.5")).line("BOTTLE", price="250", quantity=10).discount("100").build()

    order, line = bundle["order"], bundle["products"][0]
    assert (order["subtotal_ex_tax"], order["subtotal_inc_tax"]) == ("2369.6667", "2500.0000")
    assert (order["total_ex_tax"], order["total_inc_tax"], order["total_tax"]) == ("2274.8800", "2400.0000", "125.1200")
    assert (line["price_ex_tax"], line["price_tax"], line["total_tax"]) == ("236.9667", "13.0333", "125.1200")
    assert line["discounted_total_inc_tax"] == "2400.0000"


def test_the_vendors_order_120_in_prices_without_tax():
    order = an_order(120).prices_without_tax().line("A", price="89.00", tax=("Tax", "7")).discount("35.90").build()

    assert order["products"][0]["total_tax"] == "3.7200"
    assert D(order["products"][0]["total_inc_tax"]) - D(89) == D("6.2350")


def test_a_discount_on_the_order_is_spread_in_proportion_and_loses_no_cent():
    bundle = an_order().line("A", price="10").line("B", price="10").line("C", price="10").discount("10.00").build()

    parts = [line["applied_discounts"][0]["amount"] for line in bundle["products"]]
    assert parts == ["3.3400", "3.3300", "3.3300"]
    assert bundle["order"]["discount_amount"] == "10.0000"


def test_three_lines_of_an_eighth_of_tax_add_up_to_38_cents():
    order = an_order().prices_without_tax().tax_to_the_fourth_decimal()
    bundle = order.line("A", price="1.25").line("B", price="1.25").line("C", price="1.25").build()

    assert [line["total_tax"] for line in bundle["products"]] == ["0.1250"] * 3
    assert bundle["order"]["total_tax"] == "0.3800"
    assert bundle["order"]["total_inc_tax"] == "4.1300"


def test_a_gift_certificate_pays_first_and_the_card_takes_the_rest():
    order = an_order().line("BAG", price="110").shipping("11").gift_certificate("50").paid("card")

    after, before = order.build(), order.total_stated("before tenders").build()
    assert after["order"]["total_inc_tax"] == "71.0000"
    assert before["order"]["total_inc_tax"] == "121.0000"
    for bundle in (after, before):
        assert [row["amount"] for row in bundle["transactions"]["data"]] == [D(50), D(71)]


def test_refunds_of_single_units_never_give_back_more_than_the_line():
    order = an_order().line("A", price="3.3333", quantity=3)
    for _ in range(3):
        order = order.refunded({"A": 1})
    bundle = order.build()

    back = [refund["total_amount"] for refund in bundle["refunds"]["data"]]
    assert sum(back) == D("10.00")
    assert bundle["order"]["status"] == "Refunded"
    assert [row["event"] for row in bundle["transactions"]["data"]] == ["purchase", "refund", "refund", "refund"]


def test_an_edit_after_payment_leaves_what_was_paid_as_it_was():
    paid = an_order().line("CUP", price="44", quantity=2).settled()
    later = paid.with_quantity("CUP", 3).modified("2026-05-15T02:00:00Z").build()

    assert later["order"]["total_inc_tax"] == "132.0000"
    assert later["transactions"]["data"][0]["amount"] == D(88)
    assert later["order"]["date_modified"] == "Fri, 15 May 2026 02:00:00 +0000"


def test_an_authorisation_is_not_a_capture():
    reserved = an_order().authorised("card").build()
    taken = an_order().authorised("card").captured("20.00").build()

    assert reserved["order"]["payment_status"] == "authorized"
    assert taken["order"]["payment_status"] == "captured"
    assert taken["transactions"]["data"][1]["reference_transaction_id"] == taken["transactions"]["data"][0]["id"]


def test_money_is_never_a_float():
    with pytest.raises(TypeError):
        an_order().line("A", price=1.1)  # type: ignore[arg-type]


@given(
    amount=st.decimals(min_value=0, max_value=10_000, places=2),
    weights=st.lists(st.decimals(min_value=0, max_value=1_000, places=2), min_size=1, max_size=9),
)
def test_a_spread_amount_is_given_out_to_the_last_cent(amount: Decimal, weights: list[Decimal]):
    shares = spread(amount, weights)

    assert sum(shares) == amount
    assert all(share >= 0 for share in shares)


@given(
    prices=st.lists(st.decimals(min_value=1, max_value=500, places=2), min_size=1, max_size=6),
    rate=st.sampled_from(["0", "5.5", "10", "20"]),
    off=st.decimals(min_value=0, max_value=1, places=2),
    inclusive=st.booleans(),
)
def test_an_order_is_the_sum_of_its_lines(prices: list[Decimal], rate: str, off: Decimal, inclusive: bool):
    order = an_order() if inclusive else an_order().prices_without_tax()
    for n, price in enumerate(prices):
        order = order.line(f"SKU-{n}", price=price, tax=rate)
    bundle = order.discount(off).shipping("9.95").build()

    lines = sum(D(line["discounted_total_inc_tax"]) for line in bundle["products"])
    total = D(bundle["order"]["total_inc_tax"])
    assert total == lines + D(bundle["order"]["shipping_cost_inc_tax"])
    rows = sum(D(row["line_amount"]) for row in bundle["taxes"])
    assert rows == D(bundle["order"]["total_tax"]) == total - D(bundle["order"]["total_ex_tax"])


def _shown(name: str) -> dict[str, Any]:
    return json.loads((CASES / f"{name}.json").read_text())


REBUILT = {
    "coupon-order-level-two-rates-inclusive": lambda: (
        an_order(20003)
        .line("SHIRT-M", price="55")
        .line("BREAD-1", price="45", tax="0")
        .coupon("SAVE", "10")
        .shipping("9.95")
    ),
    "canada-gst-pst-stacked": lambda: (
        an_order(20009)
        .in_currency("CAD")
        .prices_without_tax()
        .taxed({"GST": "5", "PST": "7"})
        .line("BOOT", price="10.10")
        .line("COAT", price="49.99")
        .shipping("8")
    ),
    "us-liability-line-two-jurisdictions": lambda: (
        an_order(20010)
        .in_currency("USD")
        .prices_without_tax()
        .taxed({"Texas State": "6.25", "Austin City": "2"})
        .line("HAT", price="24.50", quantity=2)
        .line("SOCK", price="3.99", quantity=5)
        .shipping("6")
    ),
    "gift-certificate-part-used-gross-total": lambda: (
        an_order(20018).line("BAG", price="110").shipping("11").gift_certificate("50").total_stated("before tenders")
    ),
    "bundle-zero-priced-child": lambda: an_order(20014).line("KIT-1", price="220").part_of("KIT-1", "KIT-1-CUP"),
    "partial-capture": lambda: (
        an_order(20023).line("SAW", price="99").line("OIL", price="11").authorised("card").captured("99")
    ),
}
MONEY_OF_ORDER = [
    *(f"{part}_{family}" for part in ("subtotal", "total") for family in ("ex_tax", "inc_tax", "tax")),
    *(f"shipping_cost_{family}" for family in ("ex_tax", "inc_tax", "tax")),
    "discount_amount",
    "coupon_discount",
    "gift_certificate_amount",
    "payment_status",
    "items_total",
]
MONEY_OF_LINE = [
    *(f"{part}_{family}" for part in ("price", "total") for family in ("ex_tax", "inc_tax", "tax")),
    "base_price",
    "base_total",
    "discounted_total_inc_tax",
    "quantity",
]


@pytest.mark.skipif(not CASES.exists(), reason="the cases lie beside a checkout of ours, not in it")
@pytest.mark.parametrize("name", REBUILT)
def test_the_cases_are_rebuilt_to_the_fourth_decimal(name: str):
    shown, ours = _shown(name), REBUILT[name]().build()

    assert {key: ours["order"][key] for key in MONEY_OF_ORDER} == {key: shown["order"][key] for key in MONEY_OF_ORDER}
    for mine, theirs in zip(ours["products"], shown["products"], strict=True):
        assert {key: mine[key] for key in MONEY_OF_LINE} == {key: theirs[key] for key in MONEY_OF_LINE}
    facts = ("name", "class", "rate", "line_amount", "line_item_type")
    assert [[row[fact] for fact in facts] for row in ours["taxes"]] == [
        [row[fact] for fact in facts] for row in shown["taxes"]
    ]
    paid = [(row["event"], row["method"], float(row["amount"])) for row in ours["transactions"]["data"]]
    assert paid == [(row["event"], row["method"], row["amount"]) for row in shown["transactions"]["data"]]


@pytest.mark.skipif(not CASES.exists(), reason="the cases lie beside a checkout of ours, not in it")
def test_a_built_bundle_has_every_field_that_a_case_has():
    shown = _shown("refund-shipping-only")
    ours = json.loads(as_json(an_order(20059).line("COAT", price="66").shipping("11").refunded(shipping="11").build()))

    assert set(shown["order"]) == set(ours["order"])
    for part in ("products", "shipping_addresses", "taxes"):
        assert set(shown[part][0]) <= set(ours[part][0]), part
    for part in ("transactions", "refunds"):
        assert set(shown[part]["data"][0]) <= set(ours[part]["data"][0]), part
    refund = ours["refunds"]["data"][0]
    assert (refund["total_amount"], refund["total_tax"]) == (11.0, 1.0)
    assert ours["order"]["status_id"] == 14


def test_as_json_writes_money_as_it_was():
    assert '"amount": 99.95' in as_json(an_order().line("A", price="99.95").build())


def test_exactly_keeps_text_as_it_is():
    assert exactly("0.10") == D("0.10")


def test_the_example_in_the_documentation_is_true():
    ran = doctest.testmod(order_builder)

    assert (ran.attempted > 2, ran.failed) == (True, 0)
