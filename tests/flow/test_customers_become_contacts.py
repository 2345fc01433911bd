"""Customers become contacts ahead of their orders, once, and a bookkeeper's edits stay theirs.

Who is hurt: the bookkeeper who finds a second contact for one customer, or corrections overwritten overnight.
"""

import pytest
from contact_desk import MAIL, sale
from customer_desk import ABN, HOME, address_of, day, desk, phone_of

__all__ = ["desk"]


class TestANewCustomer:
    """Somebody who never bought is a contact already when the first order comes."""

    def test_it_bears_what_the_account_knows(self, desk):
        desk.serves(tax_number_field="ABN", currencies_by_group={3: "AUD", 4: "NZD"})
        desk.run()  # so that the organisation's currencies are known
        desk.joins(7, customer_group_id=4, first_name="Bo", email="bo@example.com")
        desk.joins(1042, customer_group_id=3, form_fields=ABN)

        assert desk.flow() == {"customers": 2, "posted": 1, "held": 1}

        made = desk.contact(1042)
        assert (made["Name"], made["EmailAddress"], made["TaxNumber"]) == ("Jane Doe", MAIL, "51 824 753 556")
        assert made["DefaultCurrency"] == "AUD"
        assert (address_of(made, "POBOX"), address_of(made, "STREET"), phone_of(made)) == (
            "1 Quay St",
            "1 Quay St",
            "5550100",
        )
        assert desk.outcome_of(7)[1] == "currency_unknown"

    def test_its_order_makes_no_second_contact_and_looks_for_none(self, desk):
        desk.joins(1042)
        desk.flow()

        desk.sell(sale(2001, customer=1042, email=MAIL))

        assert desk.billed(2001) == [desk.contact(1042)["ContactID"]]
        assert desk.asked("Contacts") + desk.asked("Contacts", "PUT") == []

    def test_a_guest_with_the_same_e_mail_is_the_same_contact(self, desk):
        desk.joins(1042)
        desk.flow()

        desk.sell(sale(2001, "J. Doe", customer=0, email=MAIL.upper()))

        assert desk.names == ["Jane Doe"]
        assert desk.billed(2001) == [desk.contact(1042)["ContactID"]]

    def test_many_in_few_calls(self, desk):
        for customer_id in range(1, 121):
            desk.joins(customer_id, first_name=f"No{customer_id}", email=f"c{customer_id}@example.com")

        assert desk.flow() == {"customers": 120, "posted": 120}

        assert len(desk.books.contacts()) == 120
        assert len(desk.asked("Contacts", "PUT")) == 3  # of 50 each

    def test_nothing_is_asked_or_written_for_those_who_did_not_change(self, desk):
        desk.joins(1042)
        desk.flow()

        assert desk.flow(since=day("2026-01-01")) == {"customers": 1, "unchanged": 1}

        assert desk.calls_to_xero() == []

    def test_a_name_that_somebody_has_gets_the_number_behind_it_and_is_proposed_for_review(self, desk):
        desk.books.add_contact({"Name": "Jane Doe", "EmailAddress": "other@example.com"})
        desk.joins(1042)

        desk.flow()

        assert desk.names == ["Jane Doe", "Jane Doe (BC 1042)"]
        [(what, words, remedy)] = desk.said("SELECT what, sentence, remedy FROM contact_review")
        assert (what, "bc:demo1:1042" in words, "merge them in Xero" in remedy) == ("same_name", True, True)

    def test_it_stays_so_called_when_something_else_changes(self, desk):
        desk.books.add_contact({"Name": "Jane Doe", "EmailAddress": "other@example.com"})
        desk.joins(1042)
        desk.flow()

        desk.joins(1042, phone="5550199")
        desk.flow()

        assert (desk.contact(1042)["Name"], phone_of(desk.contact(1042))) == ("Jane Doe (BC 1042)", "5550199")


class TestACustomerWhoIsThereAlready:
    """Found by the same resolver as for orders; completed, never corrected."""

    def test_the_contact_of_an_earlier_order_follows_the_account(self, desk):
        desk.sell(sale(2001, customer=1042, email=MAIL))
        [contact_id] = desk.billed(2001)
        desk.joins(1042, phone="5550199", form_fields=ABN)

        assert desk.flow() == {"customers": 1, "posted": 1}

        kept = desk.books.contacts_by_id[contact_id]
        assert (phone_of(desk.contact(1042)), kept["TaxNumber"], len(desk.names)) == ("5550199", "51 824 753 556", 1)

    def test_a_guest_becomes_a_customer(self, desk):
        desk.sell(sale(2001, customer=0, email=MAIL))
        desk.joins(1042)

        desk.flow()

        assert desk.names == ["Jane Doe"]
        desk.sell(sale(2002, customer=1042, email=MAIL))
        assert len(set(desk.billed(2001, 2002))) == 1

    def test_a_contact_of_the_bookkeepers_with_this_e_mail_is_used_and_only_what_it_lacks_is_filled_in(self, desk):
        theirs = desk.books.add_contact({"Name": "Doe, J.", "EmailAddress": MAIL, "FirstName": "J."})
        desk.joins(1042, form_fields=ABN)

        assert desk.flow() == {"customers": 1, "posted": 1}

        kept = desk.books.contacts_by_id[theirs]
        assert (kept["Name"], kept["FirstName"], kept["LastName"]) == ("Doe, J.", "J.", "Doe")
        assert (kept["TaxNumber"], desk.names) == ("51 824 753 556", ["Doe, J."])

    def test_two_contacts_with_the_e_mail_are_held_with_both_named_and_hold_back_nobody_else(self, desk):
        ids = [desk.books.add_contact({"Name": name, "EmailAddress": MAIL}) for name in ("J. Doe", "Jane D.")]
        desk.joins(1042)
        desk.joins(7, first_name="Bo", email="bo@example.com")

        assert desk.flow() == {"customers": 2, "posted": 1, "held": 1}

        outcome, reason, sentence = desk.outcome_of(1042)
        assert (outcome, reason) == ("held", "contact_ambiguous")
        assert all(each in sentence for each in ids)
        desk.sell(sale(2001, "Bo Doe", customer=7, email="bo@example.com"))
        assert desk.outcome(2001) == ("posted", None)

    def test_once_merged_it_is_found_without_anybody_asking(self, desk):
        loser, winner = (desk.books.add_contact({"Name": name, "EmailAddress": MAIL}) for name in ("J. Doe", "Jane D."))
        desk.joins(1042)
        desk.flow()

        desk.books.merge_contact(loser, winner)
        desk.bridge.a_while_later()
        desk.flow()

        assert "posted" in desk.outcomes_of(1042)
        assert desk.outcome_of(1042)[0] != "held"
        assert desk.books.contacts_by_id[winner]["LastName"] == "Doe"

    def test_an_archived_contact_is_held_and_goes_on_once_it_is_restored(self, desk):
        desk.joins(1042)
        desk.flow()
        contact_id = desk.contact(1042)["ContactID"]
        desk.books.archive_contact(contact_id)
        desk.joins(1042, phone="5550199")

        assert desk.flow() == {"customers": 1, "held": 1}
        assert desk.outcome_of(1042)[1] == "contact_archived"

        desk.restore(contact_id)
        desk.bridge.a_while_later()
        desk.flow()
        assert "posted" in desk.outcomes_of(1042)
        assert phone_of(desk.contact(1042)) == "5550199"

    def test_a_merge_is_followed_and_the_orders_after_it_too(self, desk):
        desk.joins(1042)
        desk.flow()
        winner = desk.books.add_contact({"Name": "Doe Pty", "EmailAddress": "accounts@example.com"})
        desk.books.merge_contact(desk.contact(1042)["ContactID"], winner)
        desk.joins(1042, form_fields=ABN)

        desk.flow()

        kept = desk.books.contacts_by_id[winner]
        assert (kept["Name"], kept["TaxNumber"]) == ("Doe Pty", "51 824 753 556")
        desk.sell(sale(2001, customer=1042, email=MAIL))
        assert desk.billed(2001) == [winner]
        assert desk.asked("Contacts") == []

    def test_two_accounts_of_one_e_mail_are_one_contact_which_the_first_leads(self, desk):
        desk.joins(5)
        desk.joins(6, first_name="Janet")

        assert desk.flow() == {"customers": 2, "posted": 1, "unchanged": 1}
        desk.joins(6, first_name="Jeannette")
        assert desk.flow() == {"customers": 2, "unchanged": 2}

        assert desk.names == ["Jane Doe"]
        assert "customer 5" in desk.outcome_of(6)[2]


class TestChanges:
    """An account's later changes arrive; a bookkeeper's edit is never overwritten."""

    @pytest.fixture(autouse=True)
    def known(self, desk):
        desk.joins(1042, form_fields=ABN)
        desk.flow()

    def test_a_move_arrives_as_one_address(self, desk):
        desk.joins(1042, form_fields=ABN, addresses=[{**HOME, "address1": "7 Bay Rd", "postal_code": "3000"}])

        assert desk.flow() == {"customers": 1, "posted": 1}

        assert desk.writes() == [("POST", 200)]
        assert address_of(desk.contact(1042), "POBOX") == "7 Bay Rd"

    def test_what_the_bookkeeper_edited_stays_and_a_person_is_told_once(self, desk):
        desk.edited(desk.contact(1042)["ContactID"], TaxNumber="CORRECTED", Name="Doe, Jane")
        desk.joins(1042, form_fields=[{"name": "ABN", "value": "11"}], phone="5550199")

        desk.flow()

        kept = desk.contact(1042)
        assert (kept["TaxNumber"], kept["Name"], phone_of(kept)) == ("CORRECTED", "Doe, Jane", "5550199")
        [(what, words, told)] = desk.said("SELECT what, sentence, told_at FROM contact_review")
        assert (what, "tax number" in words, told) == ("edited_in_xero", True, None)

    def test_what_is_as_it_should_be_in_xero_already_is_not_written(self, desk):
        desk.edited(desk.contact(1042)["ContactID"], TaxNumber="11")
        desk.joins(1042, form_fields=[{"name": "ABN", "value": "11"}])

        assert desk.flow() == {"customers": 1, "unchanged": 1}
        assert desk.writes() == []

    def test_a_field_that_the_account_no_longer_has_stays(self, desk):
        desk.joins(1042, addresses=[], phone="5550199")

        desk.flow()

        assert (desk.contact(1042)["TaxNumber"], address_of(desk.contact(1042), "POBOX")) == (
            "51 824 753 556",
            "1 Quay St",
        )

    def test_a_new_name_that_somebody_has_gets_the_number_behind_it(self, desk):
        desk.books.add_contact({"Name": "Jane Roe"})
        desk.joins(1042, form_fields=ABN, last_name="Roe", addresses=[])

        assert desk.flow() == {"customers": 1, "posted": 1}
        assert desk.contact(1042)["Name"] == "Jane Roe (BC 1042)"

    def test_a_new_e_mail_that_another_contact_has_is_held_and_nothing_is_merged_by_guess(self, desk):
        other = desk.books.add_contact({"Name": "J. Roe", "EmailAddress": "roe@example.com"})
        desk.joins(1042, form_fields=ABN, email="roe@example.com")

        assert desk.flow() == {"customers": 1, "held": 1}

        assert desk.outcome_of(1042)[1] == "contact_ambiguous"
        assert other in desk.outcome_of(1042)[2]
        assert desk.contact(1042)["EmailAddress"] == MAIL

    def test_a_deleted_account_leaves_its_contact_alone(self, desk):
        desk.accounts.remove(1042)

        assert desk.flow() == {}
        assert desk.contact(1042)["ContactStatus"] == "ACTIVE"
