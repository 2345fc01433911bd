"""accounting.md 6: why an order is billed to a contact, told in words, and what is cut to which length."""

from dataclasses import replace

import pytest
from given import POLICY, order

from include.domain.contact import Known, Resolution, became_a_customer, contact_of, hold_of, resolve
from include.domain.order import Person, Recipient
from include.domain.outcome import Hold
from include.domain.person import cleaned
from include.sandbox.order_builder import an_order

LONG = "x" * 600
LONG_LIVED = Person(*[LONG] * 10, LONG, "AU")


def contact(told, **decided):
    return contact_of(order(told), replace(POLICY, **decided))


JANE = contact(an_order().bought_by("Jane Doe", customer=1042))
MAIL = JANE.person.email


def known(contact_id, *, name="Doe, Jane", number="", email="", active=True, merged_to=None):
    return Known(contact_id, name, number, email, active, merged_to)


class TestInWords:
    """Each way of finding somebody says which it was."""

    WINNER = known("winner")
    MERGED = known("old", number=JANE.number, active=False, merged_to="winner")

    @pytest.mark.parametrize(
        ("linked", "there", "by_mail", "found"),
        [
            ("linked", (), None, Resolution("use", "linked", "", "linked before")),
            ("linked", (known("linked"),), None, Resolution("use", "linked", "Doe, Jane", "linked before")),
            (None, (known("there", number=JANE.number),), None, Resolution("use", "there", "Doe, Jane", "known")),
            (None, (), "mailed", Resolution("use", "mailed", "", "linked before by this e-mail")),
            (
                None,
                (known("one", email=MAIL),),
                None,
                Resolution("use", "one", "Doe, Jane", "the only active contact with this e-mail"),
            ),
            (None, (), None, Resolution("create", None, "Jane Doe", "new")),
            (
                None,
                (MERGED, WINNER),
                None,
                Resolution("use", "winner", "Doe, Jane", "merged into another contact", True),
            ),
            (None, (MERGED,), None, Resolution("use", "winner", "", "merged into another contact", True)),
            (
                None,
                (known("a", email=MAIL, number="bc:demo1:6"), known("b", email=MAIL)),
                None,
                Resolution(
                    "ambiguous",
                    words=f"2 active contacts have the e-mail of {JANE.number}: b, bc:demo1:6",
                    candidates=("b", "bc:demo1:6"),
                ),
            ),
            (
                None,
                (known("gone", number=JANE.number, active=False),),
                None,
                Resolution(
                    "archived",
                    "gone",
                    "Doe, Jane",
                    f"contact {JANE.number} is archived in Xero",
                    candidates=(JANE.number,),
                ),
            ),
        ],
        ids=lambda value: value.words if isinstance(value, Resolution) else "",
    )
    def test_who_is_billed_and_why(self, linked, there, by_mail, found):
        assert resolve(JANE, linked, there, by_mail) == found

    def test_a_name_that_an_active_contact_has_is_taken_in_whatever_case(self):
        assert resolve(JANE, None, (known("there", name="JANE DOE"),)).name == "Jane Doe (BC 1042)"
        assert resolve(JANE, None, (known("gone", name="JANE DOE", active=False),)).name == "Jane Doe"

    def test_without_an_e_mail_nobody_is_found_by_one(self):
        guest = contact(an_order(7).bought_by_guest("Mika Stone", email=""))

        assert resolve(guest, None, (known("somebody"),)).action == "create"

    def test_two_that_were_merged_into_others_are_told_by_those_that_nobody_has_read_too(self):
        there = (
            known("a", email=MAIL, active=False, merged_to="x"),
            known("b", email=MAIL, active=False, merged_to="y"),
        )

        assert resolve(JANE, None, there).candidates == ("x", "y")

    def test_one_that_was_merged_into_an_archived_contact_says_that_it_was_followed(self):
        there = (known("old", number=JANE.number, active=False, merged_to="gone"), known("gone", active=False))

        assert (resolve(JANE, None, there).action, resolve(JANE, None, there).followed_merge) == ("archived", True)

    def test_what_finance_reads_where_nobody_can_be_billed(self):
        gone = resolve(JANE, None, (known("gone", number=JANE.number, active=False),))
        two = resolve(JANE, None, (known("a", email=MAIL), known("b", email=MAIL)))

        assert hold_of(gone) == Hold(
            "contact_archived",
            f"Contact {JANE.number} is archived in Xero.",
            {"contacts": JANE.number, "contact_id": "gone"},
            "Restore the contact in Xero; if the customer has another one now, merge the two there.",
        )
        assert hold_of(two) == Hold(
            "contact_ambiguous",
            f"2 active contacts have the e-mail of {JANE.number}: a, b.",
            {"contacts": "a, b"},
            "Merge them in Xero, or correct the e-mail of those that are somebody else.",
        )
        assert hold_of(resolve(JANE, None, ())) is None
        assert hold_of(resolve(JANE, "linked", ())) is None


class TestKeys:
    """What names a contact in our tables, without personal data."""

    def test_guests_with_different_e_mails_are_different(self):
        one, other = (contact(an_order().bought_by_guest("Mika", email=f"{n}@example.com")) for n in "ab")

        assert one.key != other.key
        assert (one.key[:2], len(one.key)) == ("g-", 26)

    def test_a_guest_of_another_store_has_another_key(self):
        guest = an_order().bought_by_guest("Mika Stone", email="mika@example.com")

        assert contact(guest).key != contact(guest, key=b"another store").key

    def test_one_contact_for_all_shoppers_of_a_channel(self):
        first = contact(an_order(), one_contact="Web shop")
        other = contact(an_order().stating(channel_id=7), one_contact="w" * 300)

        assert (first.key, first.number, first.name) == ("all", "bc:demo1:all", "Web shop")
        assert first.suffixed_name == "Web shop (BC demo1)"
        assert (other.key, len(other.name)) == ("all-7", 255)
        assert len(other.suffixed_name) <= 255
        assert other.name.endswith("w (channel 7)")
        assert other.suffixed_name.endswith(" (BC demo1)")
        assert (first.person.email, first.recipient) == ("", None)

    @pytest.mark.parametrize(
        ("before", "now", "became"),
        [("g-abc", "5", True), ("o-7", "5", True), ("4", "5", False), ("g-abc", "g-def", False), ("all", "5", False)],
    )
    def test_a_guest_who_became_a_customer(self, before, now, became):
        assert became_a_customer(before, now) == became


class TestLimits:
    """Cut to what Xero takes, and not shorter."""

    CUT = {  # noqa: RUF012
        **{"first_name": 255, "last_name": 255, "company": 255, "phone": 50, "street_1": 500, "street_2": 500},
        **{"city": 255, "state": 255, "postcode": 50, "country": 50},
    }

    def test_of_a_person(self):
        made = cleaned(LONG_LIVED)

        assert {name: len(getattr(made, name)) for name in self.CUT} == self.CUT
        assert (made.email, made.country_code) == ("", "AU")
        assert len(cleaned(replace(LONG_LIVED, email=f"{'a' * 243}@example.com")).email) == 255

    def test_of_who_receives_the_goods(self):
        placed = replace(order(an_order()), recipient=Recipient(*[LONG] * 7))
        made = contact_of(placed, POLICY).recipient

        assert made is not None
        assert {name: len(getattr(made, name)) for name in ("name", "street_1", "street_2", "city", "state")} == {
            "name": 255,
            "street_1": 500,
            "street_2": 500,
            "city": 255,
            "state": 255,
        }
        assert (len(made.postcode), len(made.country)) == (50, 50)
        same = contact_of(replace(placed, person=LONG_LIVED), POLICY).recipient
        assert same == made

    def test_of_a_name_and_a_contact_number(self):
        person = replace(LONG_LIVED, company="", first_name="y" * 200, last_name="z" * 200, email="")
        placed = replace(order(an_order(7)), person=person, customer_id=0)
        made = contact_of(placed, replace(POLICY, store_hash="s" * 60))

        assert (len(made.name), len(made.suffixed_name), len(made.number)) == (255, 255, 50)
        assert made.suffixed_name.endswith("z (BC order 7)")

    def test_a_rare_letter_counts_as_two(self):
        made = cleaned(replace(LONG_LIVED, first_name="𠮷" * 200, last_name="𠮷" * 127))

        assert (len(made.first_name), len(made.last_name)) == (127, 127)

    def test_a_country_has_letters_only(self):
        assert cleaned(replace(LONG_LIVED, country=" Côte  d'Ivoire (1)! ")).country == "Côte dIvoire"
