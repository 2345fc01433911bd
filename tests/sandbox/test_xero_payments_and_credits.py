"""Payments, credit notes and allocations move what is due exactly as in Xero, and are refused as there.

Who is hurt if this breaks: a shopper who is charged twice in the books, or a refund that finance cannot explain.
"""

from __future__ import annotations

from typing import Any

import pytest
from xero_desk import Desk, a_payment, an_invoice, messages


def a_credit_note(**changes: Any) -> dict[str, Any]:
    """The mug given back."""
    note = an_invoice(Type="ACCRECCREDIT", CreditNoteNumber="BCR-1001-1") | changes
    del note["InvoiceNumber"]
    return note


def test_a_full_payment_turns_the_invoice_paid_and_taking_it_back_opens_it_again(xero: Desk) -> None:
    xero.put_one("Invoices", an_invoice())

    payment = xero.put_one("Payments", a_payment(Reference="ch_1"))

    assert (payment["PaymentType"], payment["Status"], payment["Reference"]) == ("ACCRECPAYMENT", "AUTHORISED", "ch_1")
    assert (payment["Invoice"]["Status"], payment["Invoice"]["AmountDue"]) == ("PAID", 0.0)
    assert xero.town.books.invoice("BC-1001")["FullyPaidOnDate"] == "/Date(1778630400000+0000)/"

    taken_back = xero.write("POST", f"Payments/{payment['PaymentID']}", {"Status": "DELETED"})

    assert taken_back.json()["Payments"][0]["Status"] == "DELETED"
    invoice = xero.town.books.invoice("BC-1001")
    assert (invoice["Status"], invoice["AmountDue"], invoice["Payments"]) == ("AUTHORISED", 22, [])
    assert "FullyPaidOnDate" not in invoice
    assert [p["Status"] for p in xero.get("Payments").json()["Payments"]] == ["DELETED"]


def test_a_part_payment_leaves_the_rest_due(xero: Desk) -> None:
    xero.put_one("Invoices", an_invoice())

    xero.put_one("Payments", a_payment(Amount="9.99"))

    invoice = xero.town.books.invoice("BC-1001")
    assert (invoice["Status"], str(invoice["AmountDue"]), str(invoice["AmountPaid"])) == ("AUTHORISED", "12.01", "9.99")


@pytest.mark.parametrize(
    ("payment", "text"),
    [
        ({"Amount": "22.01"}, "Payment amount exceeds the amount outstanding on this document"),
        ({"Invoice": {"InvoiceNumber": "BC-9"}}, "Document could not be found"),
        ({"Account": {"Code": "999"}}, "Account could not be found"),
        ({"Account": {"Code": "200"}}, "Account type is invalid for making a payment to/from."),
    ],
)
def test_a_payment_that_breaks_a_rule_is_refused_with_xeros_words(xero: Desk, payment: Any, text: str) -> None:
    xero.put_one("Invoices", an_invoice())

    refused = xero.put_one("Payments", a_payment(**payment))

    assert messages(refused) == [text]
    assert refused["HasValidationErrors"] is True
    assert xero.town.books.payments() == []


@pytest.mark.parametrize("status", ["DRAFT", "PAID", "VOIDED"])
def test_only_an_authorised_invoice_is_paid(xero: Desk, status: str) -> None:
    xero.town.books.add_invoice({"InvoiceNumber": "BC-1001", "Total": "22.00", "Status": status})

    assert messages(xero.put_one("Payments", a_payment())) == ["Payments can only be made against Authorised documents"]


def test_of_two_payments_in_one_call_the_second_finds_the_invoice_paid(xero: Desk) -> None:
    xero.put_one("Invoices", an_invoice())

    first, second = xero.put_each("Payments", a_payment(), a_payment())

    assert (first["StatusAttributeString"], second["StatusAttributeString"]) == ("OK", "ERROR")


def test_a_payment_before_the_invoices_date_is_taken_with_a_warning(xero: Desk) -> None:
    xero.put_one("Invoices", an_invoice())

    payment = xero.put_one("Payments", a_payment(Date="2026-05-12"))

    assert payment["Warnings"] == [{"Message": "The payment date is prior to the invoice date."}]
    assert payment["StatusAttributeString"] == "WARNING"


def test_a_single_payment_can_be_posted_bare(xero: Desk) -> None:
    xero.put_one("Invoices", an_invoice())

    answer = xero.write("POST", "Payments", a_payment())

    assert answer.status_code == 200
    assert "StatusAttributeString" not in answer.json()["Payments"][0]


def test_a_reconciled_payment_stays(xero: Desk) -> None:
    xero.put_one("Invoices", an_invoice())
    payment = xero.put_one("Payments", a_payment(IsReconciled=True))

    refused = xero.write("POST", f"Payments/{payment['PaymentID']}", {"Status": "DELETED"})

    assert messages(refused.json()["Elements"][0]) == ["This payment has been reconciled and cannot be deleted"]


def test_payments_in_a_locked_period_are_refused(xero: Desk) -> None:
    xero.town.books.set_up(organisation={"PeriodLockDate": "2026-05-12"})
    xero.put_one("Invoices", an_invoice())

    assert "currently set at 12-May-2026" in messages(xero.put_one("Payments", a_payment(Date="2026-05-12")))[0]


class TestCreditNotes:
    def test_a_refund_is_paid_out_of_the_credit_note(self, xero: Desk) -> None:
        note = xero.put_one("CreditNotes", a_credit_note())
        assert (note["Total"], note["RemainingCredit"], note["Status"]) == (22.0, 22.0, "AUTHORISED")

        refund = a_payment(CreditNote={"CreditNoteNumber": "BCR-1001-1"}, Invoice=None)
        paid = xero.put_one("Payments", refund)

        assert paid["PaymentType"] == "ARCREDITPAYMENT"
        # Xero shows the credit note under the name Invoice (its description's own example).
        assert (paid["Invoice"]["Type"], paid["Invoice"]["InvoiceID"]) == ("ACCRECCREDIT", note["CreditNoteID"])
        shown = xero.get(f"CreditNotes/{note['CreditNoteID']}").json()["CreditNotes"][0]
        assert (shown["Status"], shown["RemainingCredit"], shown["Payments"][0]["Amount"]) == ("PAID", 0.0, 22.0)

    def test_an_allocation_settles_the_invoice_and_can_be_undone(self, xero: Desk) -> None:
        invoice = xero.put_one("Invoices", an_invoice())
        note = xero.put_one("CreditNotes", a_credit_note(Date="2026-05-20"))
        path = f"CreditNotes/{note['CreditNoteID']}/Allocations"

        answer = xero.write("PUT", path, {"Allocations": [{"Invoice": {"InvoiceNumber": "BC-1001"}, "Amount": 11}]})

        allocation = answer.json()["Allocations"][0]
        assert (allocation["Amount"], allocation["Date"]) == (11.0, "/Date(1779235200000+0000)/")
        shown = xero.get(f"Invoices/{invoice['InvoiceID']}").json()["Invoices"][0]
        assert (shown["AmountDue"], shown["AmountCredited"], shown["CreditNotes"][0]["AppliedAmount"]) == (11, 11, 11)
        assert xero.get("CreditNotes", page=1).json()["CreditNotes"][0]["RemainingCredit"] == 11.0

        gone = xero.call("DELETE", f"/api.xro/2.0/{path}/{allocation['AllocationID']}")

        assert gone.json()["IsDeleted"] is True
        assert xero.town.books.invoice("BC-1001")["AmountDue"] == 22

    def test_an_allocation_beyond_either_side_is_refused(self, xero: Desk) -> None:
        xero.put_one("Invoices", an_invoice())
        note = xero.put_one("CreditNotes", a_credit_note(LineItems=an_invoice()["LineItems"] * 2))

        body = {"Allocations": [{"Invoice": {"InvoiceNumber": "BC-1001"}, "Amount": 33}]}
        answer = xero.write("PUT", f"CreditNotes/{note['CreditNoteID']}/Allocations", body)

        assert messages(answer.json()["Elements"][0]) == [
            "Allocation amount exceeds the amount outstanding on this document"
        ]

    def test_a_credit_note_number_is_used_once(self, xero: Desk) -> None:
        xero.put_one("CreditNotes", a_credit_note())

        assert len(messages(xero.put_one("CreditNotes", a_credit_note()))) == 1

    def test_credit_notes_and_invoices_have_numbers_of_their_own(self, xero: Desk) -> None:
        xero.put_one("Invoices", an_invoice(InvoiceNumber="X-1"))

        assert messages(xero.put_one("CreditNotes", a_credit_note(CreditNoteNumber="X-1"))) == []

    def test_a_draft_credit_note_is_approved_by_post(self, xero: Desk) -> None:
        note = xero.put_one("CreditNotes", a_credit_note(Status="DRAFT"))

        answer = xero.write("POST", f"CreditNotes/{note['CreditNoteID']}", {"Status": "AUTHORISED"})

        assert answer.json()["CreditNotes"][0]["Status"] == "AUTHORISED"


def test_a_payment_in_another_currency_states_the_banks_amount(xero: Desk) -> None:
    xero.town.books.set_up(currencies=["AUD", "USD"])
    xero.put_one("Invoices", an_invoice(CurrencyCode="USD", CurrencyRate="0.5"))

    payment = xero.put_one("Payments", a_payment())

    assert (payment["Amount"], payment["BankAmount"], payment["CurrencyRate"]) == (22.0, 44.0, 0.5)
