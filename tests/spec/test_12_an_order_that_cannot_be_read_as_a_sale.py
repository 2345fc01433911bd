"""accounting.md 12: what an order must satisfy before it is planned, and what a bookkeeper reads where it does not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from given import POLICY, D, order

from include.domain.rules import findings_of
from include.sandbox.order_builder import an_order

MUGS = order(an_order(1042).line("MUG", price="22.00", quantity=2))
[LINE] = MUGS.lines


def broken(read, **decided):
    """Each rule that the order breaks: the reason, the sentence, the figures."""
    found = findings_of(read, replace(POLICY, **decided))
    return {rule: (hold.reason, hold.sentence, dict(hold.figures)) for rule, hold in found.items()}


def test_a_sound_order_breaks_no_rule():
    assert broken(MUGS) == {}


def test_an_order_without_lines():
    found = broken(replace(MUGS, lines=()))

    assert found["has_lines"] == ("missing_field", "The order has no lines.", {"field": "products"})


def test_fewer_units_than_the_order_counts_mean_that_lines_are_missing():
    assert broken(replace(MUGS, units=3)) == {
        "units_agree": (
            "missing_field",
            "The lines have 2 units, but the order counts 3: lines are missing.",
            {"units of lines": "2", "units of order": "3"},
        )
    }


@pytest.mark.parametrize(("sku", "called"), [("MUG", "MUG"), ("", "Mug")])
def test_a_line_of_no_units_is_named_by_its_sku_or_else_by_its_name(sku, called):
    nothing = replace(LINE, sku=sku, quantity=0)

    assert broken(replace(MUGS, lines=(nothing,), units=0)) == {
        "quantities_are_positive": (
            "unknown_shape",
            f"{called} has a quantity of 0.",
            {"line": called, "quantity": "0"},
        )
    }


@pytest.mark.parametrize("name", ["total", "tax", "shipping"])
def test_a_negative_amount_is_named_with_the_decimals_of_its_currency(name):
    yen = replace(MUGS, currency="JPY")
    owed = {
        "total": replace(yen, total_inc=D(-1)),
        "tax": replace(yen, total_tax=D(-1)),
        "shipping": replace(yen, shipping=replace(yen.shipping, inc=D(-1))),
    }[name]

    assert broken(owed)["amounts_are_positive"] == (
        "total_differs",
        f"The order's {name} is negative: -1.",
        {name: "-1"},
    )


def test_an_amount_of_nothing_is_not_negative():
    free = order(an_order().line("MUG", price="22.00").coupon("ALL", percent="100"))

    assert broken(free) == {}


def test_lines_that_do_not_make_the_total():
    odd = replace(MUGS, total_inc=D("44.06"))

    assert broken(odd)["lines_add_up"][0] == "total_differs"
    assert broken(odd, tolerance_minor_units=6) == {}


def test_a_line_that_is_listed_twice():
    twice = replace(MUGS, lines=(LINE, LINE), units=4)

    assert broken(twice)["line_ids_are_unique"] == (
        "unknown_shape",
        "The order lists one of its lines twice.",
        {"field": "products.id"},
    )


def test_an_order_that_was_modified_before_it_was_placed():
    early = replace(MUGS, modified_at=MUGS.created_at - timedelta(seconds=1))

    assert broken(early) == {
        "dates_are_in_order": (
            "unknown_shape",
            "The order was modified before it was placed.",
            {"field": "date_modified"},
        )
    }
    assert broken(replace(MUGS, modified_at=MUGS.created_at)) == {}


def test_a_status_that_nobody_documents():
    assert broken(replace(MUGS, status_id=99)) == {
        "status_is_known": ("unknown_shape", "Status 99 is none that BigCommerce documents.", {})
    }


def test_an_unfinished_checkout_may_look_as_it_likes():
    assert broken(replace(MUGS, status_id=0, lines=(), units=9)) == {}
