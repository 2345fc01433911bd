"""accounting.md 6: what shoppers type, cut and cleaned to what Xero takes. Refused, a typing mistake would hold a sale."""

import json
from dataclasses import replace

import pytest
from given import POLICY, order
from hypothesis import given
from hypothesis import strategies as st

from include.domain.contact import contact_of
from include.domain.order import Person, Recipient
from include.domain.person import cleaned
from include.sandbox.ground import Clock
from include.sandbox.order_builder import an_order
from include.sandbox.xero import contacts as xero
from include.sandbox.xero.books import Books
from include.sandbox.xero.reading import Verdict
from include.wire.xero_documents import contact_body, with_fields, without_email


def contact(told):
    return contact_of(order(told), POLICY)


LIMITS = {
    "first_name": 255,
    "last_name": 255,
    "company": 255,
    "phone": 50,
    "street_1": 500,
    "city": 255,
    "postcode": 50,
}


TYPED = st.text(max_size=600) | st.text("aZé1 <>\n\u3000\u200b😀李𠮷", min_size=240, max_size=600)
PEOPLE = st.builds(Person, *[TYPED] * 3, TYPED | st.emails(), *[TYPED] * 8)


@given(PEOPLE)
def test_nobody_is_refused_for_the_length_or_the_letters_of_a_name(person):
    made = cleaned(person)

    assert all(len(getattr(made, name)) <= most for name, most in LIMITS.items())
    assert not any(letter in "<>\x00\n" for name in LIMITS for letter in getattr(made, name))


@given(PEOPLE, st.builds(Recipient, *[TYPED] * 7))
def test_whatever_they_type_xero_takes_the_contact(person, recipient):
    placed = replace(order(an_order()), person=person, recipient=recipient)
    made = contact_of(placed, POLICY)

    for name in (made.name, made.suffixed_name):
        verdict = Verdict()
        xero.written(Books(Clock()), json.loads(with_fields(contact_body(made), Name=name)), None, verdict)
        assert verdict.errors == []


@pytest.mark.parametrize("name", ["Zoë Ångström", "李 小龙", "O'Brien-Smith", "Ñandú", "𠮷田 太郎", "نرگس\u200cپور"])
def test_names_of_the_world_stay_as_they_are(name):
    assert contact(an_order().bought_by(name)).name == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<b>Jane</b> Doe", "bJane/b Doe"),
        ("Jane\nDoe", "Jane Doe"),
        ("Jane\x00\u200b Doe\x85", "Jane Doe"),
        ("  Jane \u3000 Doe ", "Jane Doe"),
        ("Jane 😀 Doe 👩‍👧", "Jane Doe"),
        ("Jane ❤️ Doe", "Jane ❤ Doe"),
        ("J" * 300, "J" * 255),
        ("J" * 254 + " Doe", "J" * 254),
    ],
)
def test_what_xero_refuses_in_a_name_is_taken_out(typed, kept):
    assert contact(an_order().bought_by("", company=typed)).name == kept


@pytest.mark.parametrize("blank", ["", "   ", "\u3000", "<>", "😀", "\u200b"])
def test_whoever_has_no_name_is_named_by_the_e_mail_or_else_the_order(blank):
    assert contact(an_order().bought_by(blank, email="X@Example.com")).name == "x@example.com"
    assert contact(an_order(7).bought_by(blank, email="")).name == "Shopper of order 7"


@pytest.mark.parametrize("email", ["nothing", "a@b", f"{'a' * 250}@example.com", "müller@example.com", ""])
def test_an_e_mail_that_xero_refuses_is_left_out(email):
    assert "EmailAddress" not in json.loads(contact_body(contact(an_order().bought_by("Jane Doe", email=email))))


def test_a_guest_is_still_known_by_an_e_mail_that_xero_refuses():
    one, other = (contact(an_order(n).bought_by_guest(email=f"{m}üller@example.com")) for n, m in ((1, "m"), (2, "M")))

    assert one.key == other.key


def test_a_body_can_go_without_its_e_mail():
    told = contact_body(contact(an_order().bought_by("Jane Doe")))

    assert json.loads(without_email(told)) == {
        name: value for name, value in json.loads(told).items() if name != "EmailAddress"
    }


@given(st.text(min_size=1, max_size=400))
def test_the_suffixed_name_fits_and_ends_with_the_customer(name):
    made = contact(an_order().bought_by(name, customer=1042, email="x@example.com"))

    assert len(made.suffixed_name) <= 255
    assert made.suffixed_name.endswith("(BC 1042)")
    assert "  " not in made.suffixed_name


def test_a_guest_and_a_customer_of_one_number_are_told_apart():
    guest, customer = (contact(an_order(1042).bought_by("Jane Doe", customer=n)).suffixed_name for n in (0, 1042))

    assert (guest, customer) == ("Jane Doe (BC order 1042)", "Jane Doe (BC 1042)")
