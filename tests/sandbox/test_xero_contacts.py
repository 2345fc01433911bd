"""Contacts in the sandbox: names are unique among the active, archived ones are shut, merged ones say where they went.

Who is hurt if this breaks: two shoppers with one name, one of whom gets the other's invoice.
"""

from __future__ import annotations

from typing import Any

import pytest
from xero_desk import Desk, an_invoice, messages

from include.sandbox.xero.contacts import ARCHIVED_FOR_DOCUMENTS, ARCHIVED_FOR_EDITING, NOT_IDENTIFIED
from include.sandbox.xero.records import NOBODY


def test_a_new_contact_shows_both_addresses_and_four_phones(xero: Desk) -> None:
    address = {"AddressType": "POBOX", "AddressLine1": "1 Example Street", "Country": "Australia"}

    contact = xero.put_one("Contacts", {"Name": "Jane Doe", "ContactNumber": "bc:demo1:7", "Addresses": [address]})

    assert [slot["AddressType"] for slot in contact["Addresses"]] == ["STREET", "POBOX"]
    assert contact["Addresses"][1]["AddressLine1"] == "1 Example Street"
    assert [slot["PhoneType"] for slot in contact["Phones"]] == ["DEFAULT", "DDI", "FAX", "MOBILE"]
    assert (contact["ContactStatus"], contact["IsCustomer"]) == ("ACTIVE", False)


def test_a_name_is_unique_among_active_contacts_whatever_its_letters_case(xero: Desk) -> None:
    first = xero.town.books.add_contact({"Name": "Jane Doe"})

    refused = xero.put_one("Contacts", {"Name": "JANE DOE"})
    assert messages(refused) == [
        "The contact name JANE DOE is already assigned to another contact. "
        "The contact name must be unique across all active contacts."
    ]
    assert refused["ContactID"] == NOBODY

    xero.town.books.archive_contact(first)
    assert messages(xero.put_one("Contacts", {"Name": "JANE DOE"})) == []


@pytest.mark.parametrize(
    ("contact", "text"),
    [
        ({}, NOT_IDENTIFIED),
        ({"Name": "B", "EmailAddress": "nobody"}, "Email address must be valid."),
        ({"Name": "B", "EmailAddress": "müller@example.com"}, "Email address must be valid."),
        ({"Name": "B", "ContactNumber": "bc:1"}, "The contact number bc:1 is already assigned to another contact."),
        (
            {"Name": "B", "ContactNumber": "bc:2"},
            "Another contact has this contact number. Please enter a different contact number.",
        ),
        (
            {"Name": "B", "AccountNumber": "A1"},
            "The Account Number already exists. Please enter a different Account Number.",
        ),
        ({"Name": "B  C"}, "The contact name B  C is not valid."),
    ],
)
def test_a_contact_that_breaks_a_rule_is_refused(xero: Desk, contact: dict[str, Any], text: str) -> None:
    xero.town.books.add_contact({"Name": "A", "ContactNumber": "bc:1", "AccountNumber": "A1"})
    xero.town.books.add_contact({"Name": "Old", "ContactNumber": "bc:2", "ContactStatus": "ARCHIVED"})

    assert messages(xero.put_one("Contacts", contact)) == [text]


def test_a_post_changes_the_contact_that_it_means_by_number_or_even_by_name(xero: Desk) -> None:
    first = xero.town.books.add_contact({"Name": "Jane Doe", "ContactNumber": "bc:1"})

    by_number = {"ContactNumber": "bc:1", "Name": "Jane A. Doe"}
    by_name = {"Name": "jane a. doe", "EmailAddress": "jane@example.com"}
    for element in (by_number, by_name):
        answer = xero.write("POST", "Contacts", {"Contacts": [element]}, summarizeErrors="false")
        assert answer.json()["Contacts"][0]["ContactID"] == first

    held = xero.town.books.contacts()
    assert [(c["Name"], c["EmailAddress"]) for c in held] == [("jane a. doe", "jane@example.com")]


def test_archived_contacts_are_listed_only_when_asked_for_and_cannot_be_edited(xero: Desk) -> None:
    old = xero.town.books.add_contact({"Name": "Old", "ContactNumber": "bc:2", "ContactStatus": "ARCHIVED"})

    assert xero.get("Contacts", page=1).json()["Contacts"] == []
    assert [c["Name"] for c in xero.get("Contacts", page=1, includeArchived="true").json()["Contacts"]] == ["Old"]
    refused = xero.write("POST", f"Contacts/{old}", {"EmailAddress": "a@example.com"})
    assert messages(refused.json()["Elements"][0]) == [ARCHIVED_FOR_EDITING]


@pytest.mark.parametrize("meant_by", ["ContactID", "ContactNumber", "Name"])
def test_no_invoice_for_an_archived_contact(xero: Desk, meant_by: str) -> None:
    old = xero.town.books.add_contact({"Name": "Old", "ContactNumber": "bc:2", "ContactStatus": "ARCHIVED"})
    values = {"ContactID": old, "ContactNumber": "bc:2", "Name": "Old"}

    refused = xero.put_one("Invoices", an_invoice(Contact={meant_by: values[meant_by]}))

    assert messages(refused) == [ARCHIVED_FOR_DOCUMENTS]


def test_a_merged_contact_says_where_it_went_when_read_alone_or_in_pages(xero: Desk) -> None:
    winner = xero.town.books.add_contact({"Name": "Jane A. Doe"})
    loser = xero.town.books.add_contact({"Name": "Jane Doe", "ContactNumber": "bc:demo1:1042"})
    xero.put_one("Invoices", an_invoice(Contact={"ContactID": loser}))

    xero.town.books.merge_contact(loser, winner)

    by_number = xero.get("Contacts/bc:demo1:1042").json()["Contacts"][0]
    assert (by_number["ContactStatus"], by_number["MergedToContactID"]) == ("ARCHIVED", winner)
    paged = xero.get("Contacts", IDs=loser, page=1, includeArchived="true").json()["Contacts"][0]
    assert paged["MergedToContactID"] == winner
    plain = xero.get("Contacts", IDs=loser, includeArchived="true").json()["Contacts"][0]
    assert "MergedToContactID" not in plain
    assert xero.town.books.invoice("BC-1001")["Contact"]["ContactID"] == winner


def test_a_merged_contact_gets_no_new_document_and_its_old_ones_are_paid_as_before(xero: Desk) -> None:
    winner = xero.town.books.add_contact({"Name": "Jane A. Doe"})
    loser = xero.town.books.add_contact({"Name": "Jane Doe"})
    xero.put_one("Invoices", an_invoice(Contact={"ContactID": loser}, Status="AUTHORISED"))
    xero.town.books.merge_contact(loser, winner)

    refused = xero.put_one("Invoices", an_invoice(InvoiceNumber="2", Contact={"ContactID": loser}))
    credit = {"Type": "ACCRECCREDIT", "CreditNoteNumber": "C", "Contact": {"ContactID": loser}, "LineItems": []}
    payable = next(each["AccountID"] for each in xero.town.books.accounts if each["EnablePaymentsToAccount"])
    payment = {"Invoice": {"InvoiceNumber": "BC-1001"}, "Account": {"AccountID": payable}, "Amount": 1}

    assert messages(refused) == [ARCHIVED_FOR_DOCUMENTS]
    assert messages(xero.put_one("CreditNotes", credit)) == [ARCHIVED_FOR_DOCUMENTS]
    assert messages(xero.put_one("Payments", payment | {"Date": "2026-11-23"})) == []


def test_a_bare_name_in_an_invoice_finds_or_makes_the_contact(xero: Desk) -> None:
    first, second = xero.put_each("Invoices", an_invoice(), an_invoice(InvoiceNumber="2", Contact={"Name": "JANE DOE"}))

    assert first["Contact"]["ContactID"] == second["Contact"]["ContactID"]
    assert len(xero.town.books.contacts()) == 1


def test_further_fields_in_an_invoices_contact_change_it_and_drop_its_persons(xero: Desk) -> None:
    person = {"FirstName": "Ann", "LastName": "Lee", "EmailAddress": "ann@example.com"}
    contact_id = xero.put_one("Contacts", {"Name": "Jane Doe", "ContactPersons": [person]})["ContactID"]

    xero.put_one("Invoices", an_invoice(Contact={"ContactID": contact_id}))
    assert xero.town.books.contacts()[0]["ContactPersons"] == [person]

    wish = {"ContactID": contact_id, "EmailAddress": "jane@example.com"}
    xero.put_one("Invoices", an_invoice(InvoiceNumber="2", Contact=wish))
    held = xero.town.books.contacts()[0]
    assert (held["EmailAddress"], held["ContactPersons"]) == ("jane@example.com", [])


def test_an_unknown_contact_is_404_in_empty_html(xero: Desk) -> None:
    answer = xero.get("Contacts/bc:nobody")

    assert (answer.status_code, answer.text) == (404, "")
    assert answer.headers["content-type"].startswith("text/html")


def test_a_search_term_looks_into_names_number_and_email(xero: Desk) -> None:
    xero.town.books.add_contact({"Name": "Jane Doe", "EmailAddress": "shopper@example.com"})
    xero.town.books.add_contact({"Name": "Bob", "ContactNumber": "bc:9"})

    assert [c["Name"] for c in xero.get("Contacts", searchTerm="SHOPPER").json()["Contacts"]] == ["Jane Doe"]
    assert [c["Name"] for c in xero.get("Contacts", searchTerm="bc:9").json()["Contacts"]] == ["Bob"]


def test_what_is_owed_stands_with_the_contact(xero: Desk) -> None:
    xero.put_one("Invoices", an_invoice())

    contact = xero.get("Contacts", page=1).json()["Contacts"][0]

    assert contact["Balances"]["AccountsReceivable"]["Outstanding"] == 22.0


def test_another_name_beside_the_id_renames_the_contact(xero: Desk) -> None:
    contact_id = xero.town.books.add_contact({"Name": "Jane Doe"})
    xero.town.books.add_contact({"Name": "Bob"})

    xero.put_one("Invoices", an_invoice(Contact={"ContactID": contact_id, "Name": "Jane A. Doe"}))
    taken = xero.put_one("Invoices", an_invoice(InvoiceNumber="2", Contact={"ContactID": contact_id, "Name": "BOB"}))

    assert xero.town.books.contacts()[0]["Name"] == "Jane A. Doe"
    assert messages(taken)[0].startswith("The contact name BOB is already assigned")
    assert len(xero.town.books.invoices()) == 1


def test_an_update_by_id_changes_what_it_names_and_leaves_the_rest(xero: Desk) -> None:
    new = {"Name": "Jane Doe", "EmailAddress": "a@example.com", "Phones": [phone("MOBILE", "0400")]}
    made = xero.put_one("Contacts", new)
    told = {
        "ContactID": made["ContactID"],
        "TaxNumber": "51 824 753 556",
        "DefaultCurrency": "AUD",
        "Addresses": [{"AddressType": "POBOX", "AddressLine1": "1 Quay St", "City": "Sydney"}],
        "Phones": [phone("DEFAULT", "5550100")],
    }

    answer = xero.write("POST", "Contacts", {"Contacts": [told]}, summarizeErrors="false")
    [changed] = answer.json()["Contacts"]

    assert (changed["Name"], changed["EmailAddress"]) == ("Jane Doe", "a@example.com")
    assert (changed["TaxNumber"], changed["DefaultCurrency"]) == ("51 824 753 556", "AUD")
    assert {each["PhoneType"]: each["PhoneNumber"] for each in changed["Phones"]} == {
        "DEFAULT": "5550100",
        "DDI": "",
        "FAX": "",
        "MOBILE": "0400",
    }
    assert [each.get("AddressLine1") for each in changed["Addresses"]] == [None, "1 Quay St"]


def test_nobody_knows_what_a_default_currency_does_that_the_organisation_has_not_enabled(xero: Desk) -> None:
    element = {"Name": "Jane Doe", "DefaultCurrency": "NZD"}

    assert xero.write("PUT", "Contacts", {"Contacts": [element]}).status_code == 501


def phone(kind: str, number: str) -> dict[str, str]:
    return {"PhoneType": kind, "PhoneNumber": number}
