"""accounting.md 6: whom an order is billed to. A wrong guess shows one customer's invoices to another."""

import json
from dataclasses import replace

import pytest
from given import POLICY, order
from hypothesis import given
from hypothesis import strategies as st

from include.domain.contact import Known, contact_of, hold_of, resolve
from include.sandbox.order_builder import an_order
from include.wire.xero_documents import contact_body


def contact(told, **decided):
    return contact_of(order(told), replace(POLICY, **decided))


def body(made):
    return json.loads(contact_body(made))


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


class TestOneContactForAll:
    """A setting for shops with many shoppers."""

    def test_it_has_the_name_that_the_setting_says(self):
        assert contact(an_order(), one_contact="Web shop").name == "Web shop"

    def test_it_bears_no_shoppers_address_and_is_found_by_no_shoppers_e_mail(self):
        made = contact(an_order().bought_by("Jane Doe"), one_contact="Web shop")

        assert body(made) == {"ContactNumber": "bc:demo1:all"}
        assert resolve(made, None, (known("janes", email="jane.doe@example.com"),)).action == "create"

    def test_each_channel_has_its_own(self):
        first, other = (contact(an_order().stating(channel_id=n), one_contact="Web shop") for n in (1, 7))

        assert (other.number, other.name) == ("bc:demo1:all-7", "Web shop (channel 7)")
        assert first.number == "bc:demo1:all"


def test_a_company_is_named_by_the_company_and_keeps_its_person():
    made = contact(an_order().bought_by("Jo Park", company="Park & Co"))

    assert made.name == "Park & Co"
    assert (body(made)["FirstName"], body(made)["LastName"]) == ("Jo", "Park")


class TestAddresses:
    """Billing to POBOX, which Xero prints on invoices; shipping to STREET."""

    def test_each_address_goes_where_it_belongs(self):
        sent = (
            an_order().sent_to("NZ", name="Sam Ray", company="Ray Ltd", street_1="2 Quay St").line("MUG", price="22.00")
        )

        billing, street = body(contact(sent))["Addresses"]

        assert (billing["AddressType"], billing["AddressLine1"], billing["Country"]) == (
            "POBOX",
            "1 Example Street",
            "Australia",
        )
        assert street == {
            "AddressType": "STREET",
            "AddressLine1": "2 Quay St",
            "City": "Auckland",
            "Region": "Auckland",
            "PostalCode": "1010",
            "Country": "New Zealand",
            "AttentionTo": "Sam Ray, Ray Ltd",
        }

    def test_of_several_deliveries_the_first_is_taken(self):
        sent = an_order().sent_to(street_1="1 First St").line("MUG", price="22.00")
        sent = sent.sent_to(street_1="2 Second St").line("CUP", price="22.00")

        assert body(contact(sent))["Addresses"][1]["AddressLine1"] == "1 First St"

    @pytest.mark.parametrize(
        "nothing_is_sent",
        [an_order().download("BOOK", price="9.00"), an_order().picked_up().line("MUG", price="22.00")],
        ids=["download", "pick-up"],
    )
    def test_what_is_not_sent_has_no_delivery_address(self, nothing_is_sent):
        assert [each["AddressType"] for each in body(contact(nothing_is_sent))["Addresses"]] == ["POBOX"]

    def test_who_receives_it_stands_in_no_text_of_ours(self):
        placed = order(an_order().sent_to(street_1="2 Quay St").line("MUG", price="22.00"))

        assert placed.recipient.street_1 == "2 Quay St"
        assert "Quay" not in repr(placed) + repr(contact_of(placed, POLICY))


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
        there = (known("one", email=JANE.person.email, number="bc:demo1:6"), known("two", email=JANE.person.email))

        found = resolve(JANE, None, there)

        assert found.action == "ambiguous"
        hold = hold_of(found)
        assert (hold.reason, hold.figures["contacts"]) == ("contact_ambiguous", "bc:demo1:6, two")
        assert "Merge them in Xero" in hold.to_do()

    def test_a_link_by_e_mail_chooses_between_two(self):
        there = (known("one", email=JANE.person.email), known("two", email=JANE.person.email))

        assert resolve(JANE, None, there, "two").contact_id == "two"

    def test_our_number_comes_before_a_link_by_e_mail(self):
        assert resolve(JANE, None, (known("numbered", number=JANE.number),), "mailed").contact_id == "numbered"

    def test_of_two_with_our_number_the_active_one(self):
        there = (known("old", number=JANE.number, active=False), known("now", number=JANE.number))

        assert resolve(JANE, None, there).contact_id == "now"

    def test_one_that_was_merged_counts_as_the_one_it_was_merged_into(self):
        email = JANE.person.email
        there = (known("was", email=email, active=False, merged_to="is"), known("is", email=email))

        assert resolve(JANE, None, there).contact_id == "is"

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
        found = resolve(JANE, None, (known("gone", number=JANE.number, active=False),))

        assert found.action == "archived"
        assert hold_of(found).reason == "contact_archived"
        assert "Restore the contact in Xero" in hold_of(found).to_do()

    @given(
        st.lists(
            st.builds(
                known,
                st.uuids().map(str),
                number=st.sampled_from([JANE.number, "A-1", ""]),
                email=st.sampled_from([JANE.person.email, ""]),
                active=st.booleans(),
            )
        )
    )
    def test_why_somebody_is_held_names_nobody(self, there):
        hold = hold_of(resolve(JANE, None, tuple(there)))

        told = repr(hold).casefold()
        assert "jane" not in told
