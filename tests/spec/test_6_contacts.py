"""accounting.md 6: whom an order is billed to. A wrong guess shows one customer's invoices to another."""

import pytest
from given import POLICY, order
from hypothesis import given
from hypothesis import strategies as st

from include.domain.contact import Known, cleaned, contact_of, resolve
from include.domain.order import Person
from include.sandbox.order_builder import an_order


def contact(told, **decided):
    from dataclasses import replace

    return contact_of(order(told), replace(POLICY, **decided))


JANE = contact(an_order().bought_by("Jane Doe", customer=1042))


def known(contact_id, name="Jane Doe", *, number="", email="", active=True, merged_to=None):
    return Known(contact_id, name, number, email, active, merged_to)


def test_a_customer_is_known_by_store_and_customer_id():
    assert (JANE.key, JANE.number) == ("1042", "bc:demo1:1042")


def test_a_guest_is_known_by_the_normalised_e_mail_and_no_address_is_a_key():
    one = contact(an_order().bought_by_guest("Mika Stone", email="Mika@Example.com "))
    other = contact(an_order(2).bought_by_guest("M. Stone", email="mika@example.com"))

    assert one.key == other.key
    assert "mika" not in one.key + one.number


def test_a_guest_without_an_e_mail_is_known_by_the_order_alone():
    assert contact(an_order(7).bought_by_guest(email="nothing")).key == "o-7"


def test_one_contact_for_all_where_the_setting_says_so():
    assert contact(an_order(), one_contact="Web shop").name == "Web shop"


def test_a_company_is_named_by_the_company():
    assert contact(an_order().bought_by("Jo Park", company="Park & Co")).name == "Park & Co"


class TestResolving:
    """In this order: our link, the number, one active match by e-mail, a new contact."""

    def test_our_link_first(self):
        there = (known("linked"), known("numbered", number=JANE.number))

        assert resolve(JANE, "linked", there).contact_id == "linked"

    def test_then_our_number(self):
        there = (known("by-mail", email=JANE.person.email), known("numbered", number=JANE.number))

        assert resolve(JANE, None, there).contact_id == "numbered"

    def test_then_the_only_active_contact_with_the_e_mail(self):
        there = (known("one", email="JANE.DOE@example.com"), known("old", email=JANE.person.email, active=False))

        assert resolve(JANE, None, there).contact_id == "one"

    def test_two_with_the_e_mail_are_never_chosen_between(self):
        there = (known("one", email=JANE.person.email), known("two", email=JANE.person.email))

        assert resolve(JANE, None, there).action == "ambiguous"

    def test_a_name_alone_identifies_nobody(self):
        found = resolve(JANE, None, (known("another-jane", email="other@example.com"),))

        assert (found.action, found.name) == ("create", "Jane Doe (BC 1042)")

    def test_new_where_nobody_is_like_them(self):
        assert (resolve(JANE, None, ()).action, resolve(JANE, None, ()).name) == ("create", "Jane Doe")

    def test_a_merge_is_followed_to_its_end(self):
        there = (
            known("first", number=JANE.number, active=False, merged_to="second"),
            known("second", active=False, merged_to="third"),
            known("third"),
        )

        found = resolve(JANE, None, there)

        assert (found.contact_id, found.followed_merge) == ("third", True)

    def test_merges_in_a_circle_end_too(self):
        there = (
            known("a", number=JANE.number, active=False, merged_to="b"),
            known("b", active=False, merged_to="a"),
        )

        assert resolve(JANE, None, there).action == "archived"

    def test_an_archived_contact_is_for_a_person_to_restore(self):
        assert resolve(JANE, None, (known("gone", number=JANE.number, active=False),)).action == "archived"


LIMITS = {
    "first_name": 255,
    "last_name": 255,
    "company": 255,
    "phone": 50,
    "street_1": 500,
    "city": 255,
    "postcode": 50,
}


@given(st.builds(Person, *[st.text(max_size=600)] * 12))
def test_nobody_is_refused_for_the_length_or_the_letters_of_a_name(person):
    made = cleaned(person)

    assert all(len(getattr(made, name)) <= most for name, most in LIMITS.items())
    assert not any(letter in "<>\x00\n" for name in LIMITS for letter in getattr(made, name))


@pytest.mark.parametrize("name", ["Zoë Ångström", "李 小龙", "O'Brien-Smith", "Ñandú"])
def test_names_of_the_world_stay_as_they_are(name):
    assert contact(an_order().bought_by(name)).name == name


@given(st.text(min_size=1, max_size=400))
def test_the_suffixed_name_fits_and_ends_with_the_customer(name):
    made = contact(an_order().bought_by(name, customer=1042, email="x@example.com"))

    assert len(made.suffixed_name) <= 255
    assert made.suffixed_name.endswith("(BC 1042)")
