"""accounting.md 6: a customer's account is the contact of their orders, and what a bookkeeper made of it stays."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from given import POLICY, order
from hypothesis import given
from hypothesis import strategies as st

from include.domain.contact import contact_of
from include.domain.customer import Account, Customer, account_of, changes_of, digests_of, name_wanted
from include.domain.order import Person
from include.domain.outcome import Hold
from include.sandbox.order_builder import an_order
from include.wire.bigcommerce_customer import customer_of
from include.wire.xero_contacts import account_body, bears_contact, fields_of, update_body

MOMENT = datetime(2026, 5, 1, tzinfo=UTC)
KEY = b"spec"
HOME = {
    "first_name": "Jane",
    "last_name": "Doe",
    "address1": "1 Quay St",
    "city": "Sydney",
    "state_or_province": "NSW",
    "postal_code": "2000",
    "country": "Australia",
    "country_code": "AU",
}
ROW = {
    "id": 1042,
    "customer_group_id": 3,
    "first_name": "Jane",
    "last_name": "Doe",
    "company": "",
    "email": "Jane.Doe@Example.com",
    "phone": "5550100",
    "date_created": "2026-04-01T00:00:00Z",
    "date_modified": "2026-05-01T00:00:00Z",
    "addresses": [HOME],
    "form_fields": [{"customer_id": 1042, "name": "ABN", "value": "51 824 753 556"}],
}


def read(**changes) -> Customer:
    found = customer_of({**ROW, **changes}, "ABN")
    assert isinstance(found, Customer), found
    return found


def account(customer: Customer, groups=None, enabled=frozenset({"AUD"})) -> Account:
    found = account_of(customer, POLICY, groups or {}, enabled)
    assert isinstance(found, Account), found
    return found


def body(**changes) -> dict:
    return json.loads(account_body(account(read(**changes))))


names = st.text(max_size=300)
people = st.builds(Person, *[names] * 12) | st.builds(
    Person, *[st.sampled_from(["", "Jane", "Doe", " Ann  Lee ", "Park & Co", "<b>", "jane@example.com", "AU"])] * 12
)


class TestOneContact:
    """What the account gives and what an order gives is one contact; two would split what a customer owes."""

    @given(people, st.integers(1, 2**40))
    def test_an_account_and_an_order_of_the_same_customer_are_the_same_contact(self, person, customer_id):
        placed = replace(order(an_order()), customer_id=customer_id, person=person, recipient=None)

        of_order = contact_of(placed, POLICY)
        of_account = account(Customer(customer_id, 0, MOMENT, MOMENT, person)).contact

        assert (of_account.key, of_account.number, of_account.person) == (
            of_order.key,
            of_order.number,
            of_order.person,
        )
        if not of_order.name.startswith("Shopper of order"):  # whom nobody can name, each names in its own way
            assert (of_account.name, of_account.suffixed_name) == (of_order.name, of_order.suffixed_name)

    def test_it_bears_what_the_account_knows(self):
        made = body()

        assert made["ContactNumber"] == "bc:demo1:1042"
        assert (made["EmailAddress"], made["TaxNumber"]) == ("jane.doe@example.com", "51 824 753 556")
        assert [each["AddressType"] for each in made["Addresses"]] == ["POBOX", "STREET"]
        assert made["Phones"] == [{"PhoneType": "DEFAULT", "PhoneNumber": "5550100"}]

    def test_a_tax_number_is_cut_and_cleaned_to_what_xero_takes(self):
        made = account(read(form_fields=[{"name": "ABN", "value": f" 51  824{'9' * 60}"}]))

        assert made.tax_number == f"51 824{'9' * 44}"
        assert len(made.tax_number) == 50

    def test_of_several_addresses_the_first_is_where_bills_go_and_nobody_guesses_where_goods_go(self):
        made = body(addresses=[HOME, {**HOME, "address1": "2 Gift Rd"}])

        [only] = made["Addresses"]
        assert (only["AddressType"], only["AddressLine1"]) == ("POBOX", "1 Quay St")

    def test_a_customer_without_name_or_e_mail_is_called_by_their_number(self):
        bare = read(first_name="", last_name="", email="", addresses=[], phone="")

        assert account(bare).contact.name == "Customer 1042"

    def test_the_company_and_the_country_come_from_the_address_where_the_account_has_none(self):
        made = account(read(addresses=[{**HOME, "company": "Doe Pty", "country": ""}])).contact

        assert (made.name, made.person.country) == ("Doe Pty", "AU")


class TestDefaultCurrency:
    """By customer group, by a setting."""

    def test_a_group_has_the_currency_that_the_setting_says(self):
        assert account(read(), {3: "USD"}, frozenset({"AUD", "USD"})).currency == "USD"
        assert account(read(customer_group_id=4), {3: "USD"}).currency == ""

    def test_before_the_organisation_was_asked_its_currencies_are_for_xero_to_judge(self):
        assert account(read(), {3: "USD"}, None).currency == "USD"

    def test_a_currency_that_the_organisation_does_not_have_is_held_with_the_setting_to_correct(self):
        held = account_of(read(), POLICY, {3: "USD"}, frozenset({"AUD"}))

        assert isinstance(held, Hold)
        assert held.reason == "currency_unknown"
        assert "currencies_by_group" in held.remedy


class TestWhatCannotBeRead:
    """It is held by field, and nothing is guessed."""

    @pytest.mark.parametrize(
        ("changes", "reason", "field"),
        [
            ({"date_modified": None}, "missing_field", "date_modified"),
            ({"date_modified": "yesterday"}, "unknown_shape", "date_modified"),
            ({"first_name": ["Jane"]}, "unknown_shape", "first_name"),
            ({"addresses": [{"city": {}}]}, "unknown_shape", "addresses.0.city"),
            ({"form_fields": [{"name": "ABN", "value": ["1", "2"]}]}, "unknown_shape", "form_fields.ABN"),
        ],
    )
    def test_a_field_that_is_not_what_it_should_be(self, changes, reason, field):
        [problem, *_] = customer_of({**ROW, **changes}, "ABN")

        assert (problem.reason, problem.field) == (reason, field)
        assert "order" not in problem.sentence

    @given(
        st.recursive(st.none() | st.integers() | st.text() | st.booleans(), lambda each: st.lists(each), max_leaves=4)
    )
    def test_whatever_comes_is_a_customer_or_has_problems(self, value):
        for name in ROW:
            found = customer_of({**ROW, name: value}, "ABN")
            assert isinstance(found, Customer) or found

    @pytest.mark.parametrize("value", ["51824753556", 51824753556, None])
    def test_a_tax_number_may_be_text_or_a_number_and_nobody_must_have_one(self, value):
        found = read(form_fields=[{"name": " abn ", "value": value}])

        assert found.tax_number == (str(value) if value else "")
        assert customer_of(ROW, None).tax_number == ""


class TestChanges:
    """Three-way, field by field, on digests: nobody keeps a second copy of what customers are called."""

    OURS = fields_of({**body(), "Name": "Jane Doe"})

    def changes(self, sent, theirs, ours=None):
        return changes_of(sent and digests_of(sent, KEY), theirs, self.OURS if ours is None else ours, KEY)

    def test_a_contact_as_we_left_it_follows_the_account(self):
        moved = {**self.OURS, "DEFAULT": "5550199"}

        assert set(self.changes(self.OURS, self.OURS, moved).send) == {"DEFAULT"}

    def test_what_the_bookkeeper_edited_stays_theirs_and_is_told(self):
        theirs = {**self.OURS, "DEFAULT": "02 5550100"}
        moved = {**self.OURS, "DEFAULT": "5550199", "FirstName": "Janet"}

        found = self.changes(self.OURS, theirs, moved)

        assert (set(found.send), set(found.kept)) == ({"FirstName"}, {"DEFAULT"})

    def test_a_contact_that_was_there_before_us_is_completed_and_not_corrected(self):
        theirs = {"Name": "Doe, J.", "EmailAddress": "jane.doe@example.com"}

        found = self.changes(None, theirs)

        assert set(found.send) == set(self.OURS) - set(theirs)
        assert not found.kept

    def test_one_change_after_another_arrives(self):
        moved = {**self.OURS, "DEFAULT": "5550199"}
        sent = self.changes(self.OURS, self.OURS, moved).sent

        again = changes_of(sent, moved, {**moved, "DEFAULT": "5550200"}, KEY)

        assert (set(again.send), set(again.kept)) == ({"DEFAULT"}, set())

    def test_what_the_account_no_longer_says_is_not_taken_away(self):
        less = {name: value for name, value in self.OURS.items() if name != "TaxNumber"}

        found = self.changes(self.OURS, self.OURS, less)

        assert not found.send
        assert "TaxNumber" in found.sent

    def test_the_number_behind_a_name_is_no_change(self):
        assert name_wanted("Jane Doe", "Jane Doe (BC 1042)", "Jane Doe (BC 1042)") == "Jane Doe (BC 1042)"
        assert name_wanted("Jane Roe", "Jane Roe (BC 1042)", "Jane Doe (BC 1042)") == "Jane Roe"

    @given(st.data())
    def test_once_sent_nothing_more_is_sent_and_no_edit_is_lost(self, data):
        values = st.fixed_dictionaries({name: st.sampled_from(["", "a", "b"]) for name in ("Name", "TaxNumber")})
        sent, theirs, ours = data.draw(st.none() | values), data.draw(values), data.draw(values)

        found = self.changes(sent, theirs, ours)
        after = {**theirs, **{name: ours[name] for name in found.send}}

        assert not changes_of(found.sent, after, ours, KEY).send
        for name, value in theirs.items():
            if sent is not None and value not in ("", sent[name]):
                assert after[name] == value

    def test_no_digest_tells_what_it_was_made_of(self):
        told = " ".join(digests_of(self.OURS, KEY).values())

        assert not any(word in told for word in ("Jane", "Quay", "5550100"))
        assert digests_of(self.OURS, KEY) != digests_of(self.OURS, b"another store")

    def test_a_digest_is_of_one_field_and_too_long_to_be_guessed_and_nothing_has_none(self):
        made = digests_of({"FirstName": "Jane", "LastName": "Jane", "TaxNumber": ""}, KEY)

        assert made.keys() == {"FirstName", "LastName"}
        assert made["FirstName"] != made["LastName"]
        assert {len(each) for each in made.values()} == {32}


THERE = {
    "Addresses": [
        {"AddressType": "STREET", "AddressLine1": "9 Dock Rd", "City": "Perth", "Country": ""},
        {"AddressType": "POBOX", "City": "", "Region": "", "PostalCode": "", "Country": ""},
    ],
    "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "0400", "PhoneAreaCode": "", "PhoneCountryCode": "61"}],
}


class TestTheUpdate:
    """Only what is to change leaves, and the other address and telephones go back as they stand."""

    def test_it_names_the_contact_and_what_changes(self):
        made = json.loads(update_body("c-1", body(), {"TaxNumber", "Name"}, THERE, name="Jane Doe"))

        assert made == {"ContactID": "c-1", "Name": "Jane Doe", "TaxNumber": "51 824 753 556"}

    def test_an_address_goes_with_the_other_one_as_it_stands(self):
        made = json.loads(update_body("c-1", body(), {"POBOX"}, THERE, name=""))

        pobox, street = made["Addresses"]
        assert (pobox["AddressLine1"], street) == (
            "1 Quay St",
            {"AddressType": "STREET", "AddressLine1": "9 Dock Rd", "City": "Perth"},
        )

    def test_a_telephone_goes_with_the_others_as_they_stand(self):
        made = json.loads(update_body("c-1", body(), {"DEFAULT"}, THERE, name=""))

        assert made["Phones"] == [
            {"PhoneType": "DEFAULT", "PhoneNumber": "5550100"},
            {"PhoneType": "MOBILE", "PhoneCountryCode": "61", "PhoneNumber": "0400"},
        ]

    def test_it_is_known_again_by_what_was_sent(self):
        sent = json.loads(update_body("c-1", body(), {"POBOX", "TaxNumber"}, {}, name=""))

        assert bears_contact(sent, {**body(), "EmailAddress": "another@example.com"})
        assert not bears_contact(sent, {**body(), "TaxNumber": "51"})
