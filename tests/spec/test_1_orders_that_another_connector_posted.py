"""accounting.md 1, T2: a shop that was connected before. Its invoices are found and never posted a second time."""

from dataclasses import replace

import pytest
from given import D

from include.domain.adoption import names_of, of_another
from include.domain.difference import InBooks
from include.domain.outcome import Hold

THERE = InBooks("id", "INV-0007", "PAID", D("22.00"), D("2.00"), D("22.00"), D(0), "1042", "jane", "AUD")


def adopted(*there, total="22.00", currency="AUD", contacts=("jane",)):
    names = names_of("1042", "1042 / WEB-7", "BC-1042")
    return of_another("1042", names, D(total), currency, frozenset(contacts), there)


@pytest.mark.parametrize(
    "name", ["1042", "#1042", "Order 1042", "order #1042", "ORDER #1042", "1042 / web-7", "BC-1042"]
)
@pytest.mark.parametrize("field", ["reference", "number"])
def test_it_is_found_by_any_name_that_a_connector_gives_an_order(name, field):
    found = replace(THERE, **{"reference": "", field: name})

    assert adopted(found) == found


def test_an_invoice_that_bears_none_of_the_names_is_another_orders():
    assert adopted(replace(THERE, reference="1043"), replace(THERE, reference="Order 10422")) is None


@pytest.mark.parametrize("gone", ["VOIDED", "DELETED"])
def test_an_invoice_that_was_taken_out_of_the_books_is_not_there(gone):
    assert adopted(replace(THERE, status=gone)) is None


@pytest.mark.parametrize(
    "other",
    [{"total": D("23.00")}, {"currency": "NZD"}, {"contact_id": "somebody"}],
    ids=["total", "currency", "contact"],
)
def test_one_that_bears_the_name_and_differs_is_held_with_both_figures(other):
    found = replace(THERE, **other)
    held = adopted(found)

    assert isinstance(held, Hold)
    assert (held.reason, dict(held.figures)) == ("number_taken", {"order": "22.00", "there": f"{found.total:.2f}"})
    assert held.sentence == (
        "Xero has invoices that bear the name of order 1042, of another contact or another total: "
        f"INV-0007 of {found.total:.2f} {found.currency}; the order is worth 22.00."
    )
    assert held.to_do() == (
        "Say which of them is this order's by writing its number into our ledger, or change their reference."
    )


def test_the_one_that_agrees_is_chosen_among_those_that_bear_the_name():
    assert adopted(replace(THERE, total=D("5.00")), THERE) == THERE


def test_two_that_agree_are_never_chosen_between():
    held = adopted(THERE, replace(THERE, xero_id="other", number="INV-0008"))

    assert isinstance(held, Hold)
    assert held.sentence == (
        "Xero has invoices that bear the name of order 1042, of which only one can be it: "
        "INV-0007 of 22.00 AUD; INV-0008 of 22.00 AUD; the order is worth 22.00."
    )


def test_of_many_the_first_five_are_named():
    held = adopted(*[replace(THERE, number=f"INV-{index}", total=D(index)) for index in range(7)])

    assert isinstance(held, Hold)
    assert held.sentence.count("INV-") == 5
