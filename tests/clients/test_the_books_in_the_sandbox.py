"""What the books' client does on a good day: documents written and found again, and the organisation known."""

from __future__ import annotations

from decimal import Decimal

from far_end import an_invoice, body, json_bytes


def test_a_payment_its_reversal_and_a_credit_note_go_their_way(place):
    [invoice] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k1")
    account = next(a for a in place.books.accounts() if a["Type"] == "BANK" or a.get("EnablePaymentsToAccount"))
    wish = {
        "Invoice": {"InvoiceID": invoice.xero_id},
        "Account": {"AccountID": account["AccountID"]},
        "Date": "2026-05-13",
        "Amount": 10.0,
        "Reference": "BC-1/1",
    }
    [payment] = place.books.write("PUT", "Payments", json_bytes({"Payments": [wish]}), key="k2")
    assert payment.ok, payment.problems

    [found] = place.books.payments_of([str(invoice.xero_id)])
    assert (found["PaymentID"], found["Amount"]) == (payment.xero_id, Decimal("10.0"))

    [reversed_] = place.books.write("POST", f"Payments/{payment.xero_id}", json_bytes({"Status": "DELETED"}), key="k3")
    assert reversed_.ok
    [found] = place.books.payments_of([str(invoice.xero_id)])
    assert found["Status"] == "DELETED"

    note = an_invoice("", Type="ACCRECCREDIT", CreditNoteNumber="CN-1-1")
    note = {key: value for key, value in note.items() if key not in ("InvoiceNumber", "DueDate")}
    [credit] = place.books.write("PUT", "CreditNotes", json_bytes({"CreditNotes": [note]}), key="k4")
    assert credit.ok, credit.problems
    allocation = {"Allocations": [{"Invoice": {"InvoiceID": invoice.xero_id}, "Amount": 22.0}]}
    [allocated] = place.books.write(
        "PUT", f"CreditNotes/{credit.xero_id}/Allocations", json_bytes(allocation), key="k5"
    )
    assert allocated.ok, allocated.problems
    assert place.books.credit_notes_numbered(["CN-1-1"])[0]["RemainingCredit"] == 0
    assert place.books.invoices_by_id([str(invoice.xero_id)])[0]["Status"] == "PAID"


def test_contacts_are_found_by_number_by_email_and_through_a_merge(place):
    jane = place.town.books.add_contact({"Name": "Jane", "ContactNumber": "bc:1", "EmailAddress": "jane@example.com"})
    joan = place.town.books.add_contact({"Name": "Joan", "ContactNumber": "bc:2"})
    place.town.books.add_contact({"Name": "Somebody else"})
    place.town.books.merge_contact(joan, jane)

    found = place.books.contacts_where(numbers=["BC:2", "bc:3"], emails=["Jane@example.com"])
    assert {contact["ContactID"] for contact in found} == {jane, joan}
    [merged] = place.books.contacts_by_id([joan])
    assert (merged["ContactStatus"], merged["MergedToContactID"]) == ("ARCHIVED", jane)


def test_a_contact_is_written_with_its_number(place):
    [contact] = place.books.write(
        "PUT", "Contacts", json_bytes({"Contacts": [{"Name": "Jane", "ContactNumber": "bc:1"}]}), key="k"
    )

    assert (contact.ok, contact.number) == (True, "bc:1")


def test_more_invoices_than_a_question_holds_are_all_found_with_their_lines(place):
    wanted = [f"BC-{key}" for key in range(90)]
    for at in range(0, 90, 45):
        place.books.write(
            "PUT", "Invoices", body(*(an_invoice(number) for number in wanted[at : at + 45])), key=f"k{at}"
        )
    before = place.books.calls

    found = place.books.invoices_numbered([*wanted, "BC-none"])

    assert sorted(invoice["InvoiceNumber"] for invoice in found) == sorted(wanted)
    assert all(invoice["LineItems"] for invoice in found)
    assert place.books.calls - before == 3


def test_what_a_run_must_know_of_the_organisation_can_be_read(place):
    books = place.books

    assert {"CountryCode", "Timezone", "BaseCurrency"} <= set(books.organisation())
    assert {action["Name"] for action in books.actions()} >= {"CreateApprovedInvoice"}
    assert any(rate["TaxType"] == "OUTPUT" for rate in books.tax_rates())
    assert [currency["Code"] for currency in books.currencies()] == ["AUD"]
    assert books.accounts()
    assert isinstance(books.items(), list)
    assert isinstance(books.tracking_categories(), list)
    assert books.calls == 7
