"""accounting.md 2: amounts to the cent. A cent on the wrong line is a tax return that no total shows to be wrong."""

import pytest
from given import D
from hypothesis import example, given
from hypothesis import strategies as st

from include.domain.money import minor_digits, rounded_to_sum, shown, spread
from include.domain.xero_arithmetic import line_amount_of, priced, tax_of


def shares(*amounts, total, digits=2):
    return [str(each) for each in rounded_to_sum([D(amount) for amount in amounts], D(total), digits)]


def test_a_missing_cent_goes_to_the_line_that_rounding_took_most_from():
    assert shares("0.333", "5.331", "1.334", total="7.00") == ["0.33", "5.33", "1.34"]


def test_a_cent_too_many_comes_off_the_line_that_rounding_gave_most_to():
    assert shares("0.338", "5.336", "1.335", total="7.01") == ["0.34", "5.34", "1.33"]


def test_among_equals_the_later_line_gives_way():
    assert shares("0.125", "0.125", "0.125", total="0.37") == ["0.13", "0.12", "0.12"]


def test_a_line_without_tax_never_gets_a_cent_of_it():
    assert shares("0", "0.125", "0.125", total="0.25") == ["0.00", "0.13", "0.12"]
    assert shares("0", "0", total="0.01") == ["0.00", "0.00"]


def test_yen_are_divided_into_whole_yen():
    assert shares("33.4", "33.4", "33.2", total="100", digits=0) == ["33", "34", "33"]


def test_an_amount_is_spread_in_proportion_and_nothing_is_lost():
    assert spread(D("10.00"), [D(55), D(45)]) == (D("5.50"), D("4.50"))
    assert spread(D("1.00"), [D(2), D(2), D(2)]) == (D("0.33"), D("0.33"), D("0.34"))
    assert spread(D(10), [D(1), D(2)], 0) == (D(3), D(7))


def test_over_weights_of_nothing_nothing_is_spread():
    assert spread(D("10.00"), [D(0), D(0)]) == (0, 0)


def test_a_document_without_tax_bears_none_at_whatever_rate():
    assert tax_of(D("110.00"), D(10), "NoTax") == 0
    assert tax_of(D("110.00"), D(10), "Inclusive") == 10
    assert tax_of(D("110.00"), D(10), "Exclusive") == 11


@pytest.mark.parametrize(
    ("amount", "currency", "text"), [("2400", "AUD", "2400.00"), ("1200", "JPY", "1200"), ("1.2345", "KWD", "1.235")]
)
def test_an_amount_is_shown_with_the_decimals_of_its_currency(amount, currency, text):
    assert shown(D(amount), minor_digits(currency)) == text


@given(st.integers(1, 300_000), st.integers(1, 3_000))
@example(197_02, 600)  # the price before rounding is 0.32836: rounded up it would be too dear for every unit
@example(668_65, 359)  # both lines end in half a cent, which Xero rounds up twice
def test_units_have_prices_of_four_decimals_that_xero_multiplies_to_the_amount(cents, quantity):
    amount = D(cents) / 100
    prices = priced(amount, quantity)

    assert prices is not None
    assert sum(units for units, _ in prices) == quantity
    assert all(price == round(price, 4) for _, price in prices)
    assert sum(line_amount_of(D(units), price) for units, price in prices) == amount
    assert len(prices) == 1 or prices[1][1] - prices[0][1] == D("0.0001")


def test_a_line_of_no_units_has_no_price():
    assert priced(D("22.00"), 0) is None
    assert priced(D("22.00"), 1) == ((1, D("22.00")),)
