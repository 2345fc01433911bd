"""The books as tests and the demo hold them: what others posted before us, and what is in there now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from include.sandbox.xero import answers, contacts, documents, payments, stock
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict
from include.sandbox.xero.records import CREDIT_NOTE, INVOICE, Allocation, Document, Json, Kind


class Books(Ledger):
    """The ledger, with hands: a bookkeeper's moves without HTTP, in Xero's spelling. They raise ValueError when refused.

    Amounts are read through the same arithmetic as a call's. Reading gives plain lists, as Xero would answer them.
    """

    def add_contact(self, contact: Mapping[str, Any]) -> str:
        """A contact that is already there; `ContactID`, `ContactStatus` and `MergedToContactID` may be given."""
        given = dict(contact)
        contact_id, merged = given.pop("ContactID", None), given.pop("MergedToContactID", None)
        verdict = Verdict()
        held = contacts.written(self, given, None, verdict, str(contact_id).lower() if contact_id else None)
        if held is None:
            raise ValueError(f"contact {given}: {verdict.errors}")
        if merged:
            self.put_contact(held | {"MergedToContactID": str(merged).lower()})
        return str(held["ContactID"])

    def add_item(self, item: Mapping[str, Any]) -> str:
        """An item of the price list, see `set_up`; one with the same Code is replaced. Gives its id.

        Tracked when it has InventoryAssetAccountCode and PurchaseDetails.COGSAccountCode; QuantityOnHand is then what is
        there to begin with. Raises ValueError for quantities of an item that is not tracked.
        """
        held = stock.item_of(item, self.clock.now())
        self.items = self.items | {held["Code"]: held}
        return str(held["ItemID"])

    def edit_item(self, code: str, **changes: Any) -> None:
        """Change an item as a bookkeeper does; details are given in part: `SalesDetails={"UnitPrice": "9.00"}`."""
        before = self.items[code]
        whole = {name: before[name] | value if isinstance(value, dict) else value for name, value in changes.items()}
        held = stock.item_of(before | whole, self.clock.now()) | {"UpdatedDateUTC": self.clock.now()}
        self.items = {key: item for key, item in self.items.items() if key != code} | {held["Code"]: held}

    def archive_item(self, code: str) -> None:
        """Make it inactive, as a person does in Xero: it leaves the list, its Code stays taken. See `items`."""
        self.inactive_items[code] = self.items[code]
        self.items = {key: item for key, item in self.items.items() if key != code}

    def restore_item(self, code: str) -> None:
        """Make it active again."""
        self.items = self.items | {code: self.inactive_items.pop(code)}

    def archive_contact(self, contact_id: str) -> None:
        """Archive it, as a person does in Xero."""
        self.put_contact(self.contacts_by_id[contact_id] | {"ContactStatus": "ARCHIVED"})

    def merge_contact(self, loser: str, winner: str) -> None:
        """Merge two: the loser is archived and names the winner; its documents are the winner's from now on."""
        self.put_contact(self.contacts_by_id[loser] | {"ContactStatus": "ARCHIVED", "MergedToContactID": winner})
        for kind in (INVOICE, CREDIT_NOTE):
            for document in list(self.documents(kind).values()):
                if document.contact_id == loser:
                    self.put(replace(document, contact_id=winner))

    def add_invoice(self, invoice: Mapping[str, Any]) -> str:
        """An invoice that somebody else posted. Gives its id.

        What is left out: Type ACCREC, a contact "Somebody", Status AUTHORISED, due on its date. A line may be as short
        as `{"LineAmount": 88}`. Status PAID pays it in full from the first account that takes payments; VOIDED and
        DELETED are reached by the way there.
        """
        return self._add(INVOICE, invoice).id

    def add_credit_note(self, credit_note: Mapping[str, Any]) -> str:
        """A credit note that somebody else posted, see `add_invoice`. Gives its id."""
        return self._add(CREDIT_NOTE, credit_note).id

    def _add(self, kind: Kind, given: Mapping[str, Any]) -> Document:
        wish = {"Type": kind.type, "Contact": {"Name": "Somebody"}, "Status": "AUTHORISED"} | dict(given)
        wish.setdefault("DueDate", wish.get("Date", self.today().isoformat()))
        total = wish.get("Total", 0)
        wish.setdefault("LineItems", [{"LineAmount": total}])
        if "LineItems" not in given and "LineAmountTypes" not in given:
            wish["LineAmountTypes"] = "Inclusive"
        account = next(a["Code"] for a in self.accounts if a["Class"] == "REVENUE" and a["Status"] == "ACTIVE")
        wish["LineItems"] = [
            {"Description": "As posted", "Quantity": 1, "AccountCode": account} | dict(line)
            for line in wish["LineItems"]
        ]
        ends = wish["Status"]
        if ends in ("PAID", "VOIDED", "DELETED"):
            wish["Status"] = "DRAFT" if ends == "DELETED" else "AUTHORISED"
        verdict = Verdict()
        document = documents.created(self, kind, wish, 4, verdict)
        if document is None:
            raise ValueError(f"{kind.noun} {wish}: {verdict.errors}")
        document = replace(document, by_this_app=False)
        document = self.put(replace(document, status=ends) if ends in ("VOIDED", "DELETED") else document)
        if ends == "PAID" and document.outstanding:
            target = (
                {"Invoice": {"InvoiceID": document.id}}
                if kind is INVOICE
                else {"CreditNote": {kind.id_key: document.id}}
            )
            self.add_payment({**target, "Amount": document.outstanding, "Date": document.date.isoformat()})
        return self.document(document.id)

    def add_payment(self, payment: Mapping[str, Any]) -> str:
        """A payment that somebody else made. Account left out: the first that takes payments. Gives its id."""
        payable = next(a for a in self.accounts if a["Type"] == "BANK" or a["EnablePaymentsToAccount"])
        wish = {"Account": {"AccountID": payable["AccountID"]}} | dict(payment)
        verdict = Verdict()
        shown = payments.create_one(self, wish, verdict)
        if verdict.errors:
            raise ValueError(f"payment {wish}: {verdict.errors}")
        return str(shown["PaymentID"])

    def delete_payment(self, payment_id: str) -> None:
        """Take a payment back, as a bookkeeper does."""
        self.unpay(self.payments_by_id[payment_id])

    def allocate_credit(self, credit_note_id: str, invoice_id: str, amount: Decimal) -> None:
        """Settle an invoice by a part of a credit note, as a bookkeeper does."""
        note, invoice = self.document(credit_note_id), self.document(invoice_id)
        self.allocate(Allocation(str(uuid4()), note.id, invoice.id, amount, max(note.date, invoice.date)))

    def edit_invoice(self, number: str, changes: Mapping[str, Any]) -> None:
        """Change an invoice as a bookkeeper does in Xero; refusals raise ValueError."""
        verdict = Verdict()
        before = self.numbered(INVOICE, number)
        if before is None:
            raise KeyError(number)
        if documents.changed(self, before, changes, 4, verdict) is None:
            raise ValueError(f"invoice {number}: {verdict.errors}")

    # Reading, for tests and pages.

    def quantity_of(self, code: str) -> Decimal | None:
        """What is on hand of an item; None of one that is not tracked, or not there."""
        quantity: Decimal | None = self.items.get(code, {}).get("QuantityOnHand")
        return quantity

    def invoices(self) -> list[Json]:
        """Every invoice, whole, oldest first."""
        return [answers.listed_invoice(self, i, 4, "single") for i in self.invoices_by_id.values()]

    def invoice(self, number: str) -> Json:
        """The invoice with this number, whole. Raises KeyError."""
        found = self.numbered(INVOICE, number)
        if found is None:
            raise KeyError(number)
        return answers.listed_invoice(self, found, 4, "single")

    def credit_notes(self) -> list[Json]:
        """Every credit note, whole, oldest first."""
        return [answers.credit_note(self, n, 4, is_written=True) for n in self.credit_notes_by_id.values()]

    def payments(self) -> list[Json]:
        """Every payment, taken back ones too, oldest first."""
        return [answers.payment(self, p, 2, is_written=True) for p in self.payments_by_id.values()]

    def contacts(self) -> list[Json]:
        """Every contact, archived ones too, oldest first."""
        return [answers.contact(c, is_listed=True) for c in self.contacts_by_id.values()]
