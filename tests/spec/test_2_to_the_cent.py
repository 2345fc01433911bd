"""accounting.md 2: amounts to the cent. A cent on the wrong line is a tax return that no total shows to be wrong."""

import pytest
from given import D

from include.domain.money import minor_digits, rounded_to_sum, shown


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


@pytest.mark.parametrize(
    ("amount", "currency", "text"), [("2400", "AUD", "2400.00"), ("1200", "JPY", "1200"), ("1.2345", "KWD", "1.235")]
)
def test_an_amount_is_shown_with_the_decimals_of_its_currency(amount, currency, text):
    assert shown(D(amount), minor_digits(currency)) == text
