"""accounting.md 2 and 8: Xero lowers what an approved invoice names. What it does not name is sold a second time."""

from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, US_POLICY, D, decision, plan
from hypothesis import given
from hypothesis import strategies as st

from include.domain.document import Invoice
from include.domain.outcome import Hold
from include.sandbox.order_builder import an_order

ITEMS = replace(REFERENCE, items=frozenset({"MUG", "TEA"}))
KITS = replace(POLICY, kits={"SET": {"MUG": 2, "TEA": 1}})


def invoice(built, policy=KITS, reference=ITEMS):
    return decision(plan(built, policy, reference))


def moved(found):
    assert isinstance(found, Invoice)
    return {line.item_code: line.quantity for line in found.lines if line.item_code is not None}


def test_a_kit_is_one_priced_line_and_its_parts_at_nothing():
    found = invoice(an_order(1).line("SET", price="55.00", quantity=3))

    assert [(line.ref, line.quantity, line.amount, line.tax, line.item_code) for line in found.lines] == [
        ("SET", D(3), D("165.00"), D("15.00"), None),
        ("MUG", D(6), D(0), D(0), "MUG"),
        ("TEA", D(3), D(0), D(0), "TEA"),
    ]
    assert found.lines[1].description == "6 x MUG for SET"
    assert (found.total, found.tax) == (D("165.00"), D("15.00"))


def test_a_kit_of_something_that_is_no_item_is_held_since_nothing_would_fall():
    found = invoice(an_order(1).line("SET", price="55.00"), reference=replace(REFERENCE, items=frozenset({"MUG"})))

    assert isinstance(found, Hold)
    assert (found.reason, found.figures) == ("sku_unmapped", {"sku": "SET", "part": "TEA"})


def test_tax_on_lines_of_its_own_keeps_the_items():
    sold = an_order(1).line("MUG", price="22.00", quantity=2)

    assert moved(invoice(sold, replace(US_POLICY, statuses=POLICY.statuses), ITEMS)) == {"MUG": D(2)}


def test_a_marketplace_that_owes_the_tax_keeps_the_items():
    sold = an_order(1).line("MUG", price="22.00", quantity=2)

    assert moved(invoice(sold, replace(POLICY, marketplaces={1: "615"}), ITEMS)) == {"MUG": D(2)}


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 9999))
def test_whatever_is_sold_the_invoice_moves_exactly_its_units_and_no_cent(kits, mugs, cents):
    price = f"{D(cents) / 100:.2f}"
    sold = an_order(1).line("SET", price=price, quantity=kits).line("MUG", price=price, quantity=mugs)

    with_kits, without = invoice(sold), invoice(sold, POLICY)

    units = {}
    for line in with_kits.lines:
        if line.item_code is not None:
            units[line.item_code] = units.get(line.item_code, 0) + line.quantity
    assert units == {"MUG": 2 * kits + mugs, "TEA": kits}
    assert (with_kits.total, with_kits.tax) == (without.total, without.tax)


@pytest.mark.parametrize("part", ["MUG", "TEA"])
def test_a_refund_of_a_kit_credits_its_price_and_raises_no_part(part):
    found = invoice(an_order(1).line("SET", price="55.00"))

    assert all(line.source_id == 0 for line in found.lines if line.ref == part)
