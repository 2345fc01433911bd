"""The books as Xero's API shows them, without ids and moments, and where two of them differ, document by document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

ROWS = 100
Json = Mapping[str, Any]
Shown = dict[str, Any]
_LINE = ("Description", "Quantity", "UnitAmount", "LineAmount", "TaxAmount", "TaxType", "AccountCode", "ItemCode")
_DOCUMENT = ("Type", "Status", "DateString", "DueDateString", "LineAmountTypes", "SubTotal", "TotalTax", "Total")
_NUMBERED = re.compile(r" \(BC (order )?\d+\)$")
_MORE = (
    "CurrencyCode",
    "CurrencyRate",
    "Reference",
    "Url",
    "AmountDue",
    "AmountPaid",
    "AmountCredited",
    "RemainingCredit",
)


@dataclass(frozen=True)
class Books:
    """Everything that stands, by what names it. A second one of a name is a second entry: nothing is folded away."""

    invoices: tuple[tuple[str, Shown], ...]
    credit_notes: tuple[tuple[str, Shown], ...]
    payments: tuple[tuple[str, Shown], ...]
    contacts: tuple[tuple[str, Shown], ...]
    ids: Mapping[str, str]  # of each document: what it is called here

    def entries(self) -> list[tuple[str, Shown]]:
        """All of them under one name each."""
        kinds = (
            ("invoice", self.invoices),
            ("credit note", self.credit_notes),
            ("payment", self.payments),
            ("contact", self.contacts),
        )
        return [(f"{kind} {name}", shown) for kind, entries in kinds for name, shown in entries]


def read_books(base: str, credentials: Mapping[str, str]) -> Books:
    """Read all of them, page by page. The client here is not the product's: its mistakes must not hide themselves."""
    with httpx.Client(base_url=base, timeout=30.0) as http:
        grant = {"grant_type": "client_credentials"}
        answer = http.post("/connect/token", data=grant, auth=(credentials["client_id"], credentials["client_secret"]))
        http.headers.update(
            {
                "Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}",
                "xero-tenant-id": credentials["tenant_id"],
                "Accept": "application/json",
            }
        )
        contacts = _all(http, "Contacts", includeArchived="true")
        invoices, notes = _all(http, "Invoices", unitdp="4"), _all(http, "CreditNotes", unitdp="4")
        payments = _all(http, "Payments")
    people = {each["ContactID"]: _person(each) for each in contacts}
    numbers = {each["InvoiceID"]: each["InvoiceNumber"] for each in invoices}
    numbers |= {each["CreditNoteID"]: each["CreditNoteNumber"] for each in notes}
    paid = [(_payment_name(each, numbers), _payment(each, numbers)) for each in payments]
    return Books(
        tuple(sorted((each["InvoiceNumber"], _document(each, people)) for each in invoices)),
        tuple(
            sorted(
                (each["CreditNoteNumber"], _document(each, people) | {"allocated": _allocations(each, numbers)})
                for each in notes
            )
        ),
        tuple(sorted(paid, key=repr)),
        tuple(sorted(((_person(each), {"status": each.get("ContactStatus")}) for each in contacts), key=repr)),
        numbers
        | {each["PaymentID"]: name for each, (name, _) in zip(payments, paid, strict=True)}
        | {each["ContactID"]: _person(each) for each in contacts},
    )


def differences(wanted: Books, found: Books) -> list[str]:
    """A sentence for each document that is missing, is there too often, or is otherwise than it must be."""
    said: list[str] = []
    due, there = wanted.entries(), found.entries()
    counts_due, counts_there = Counter(name for name, _ in due), Counter(name for name, _ in there)
    for name in sorted(counts_due | counts_there):
        if counts_due[name] != counts_there[name]:
            said.append(f"{name}: there {counts_there[name]} times, must be {counts_due[name]} times")
            continue
        ours = sorted((shown for each, shown in due if each == name), key=repr)
        theirs = sorted((shown for each, shown in there if each == name), key=repr)
        for one, other in zip(ours, theirs, strict=True):
            said += [
                f"{name}: {field} is {other.get(field)!r}, must be {one.get(field)!r}"
                for field in sorted({*one, *other})
                if one.get(field) != other.get(field)
            ]
    return said


def _all(http: httpx.Client, kind: str, **asked: str) -> list[Json]:
    rows: list[Json] = []
    for page in range(1, 1000):
        answer = http.get(f"/api.xro/2.0/{kind}", params={**asked, "page": str(page), "pageSize": str(ROWS)})
        found = answer.raise_for_status().json()[kind]
        rows += found
        if len(found) < ROWS:
            return rows
    raise RuntimeError(f"the pages of {kind} do not end")


def _person(contact: Json) -> str:
    """Of two people of one name whoever comes first bears it alone, and a fault may let the other come first."""
    name = _NUMBERED.sub("", contact.get("Name") or "")
    return f"{contact.get('EmailAddress') or ''} {contact.get('ContactNumber') or ''} {name}".strip()


def _document(document: Json, people: Mapping[str, str]) -> Shown:
    shown = {name: document.get(name) for name in (*_DOCUMENT, *_MORE)}
    shown["lines"] = [{name: line.get(name) for name in _LINE} for line in document["LineItems"]]
    return shown | {"contact": people[document["Contact"]["ContactID"]]}


def _allocations(note: Json, numbers: Mapping[str, str]) -> list[Any]:
    return sorted((numbers[each["Invoice"]["InvoiceID"]], each["Amount"]) for each in note.get("Allocations") or ())


def _payment_name(payment: Json, numbers: Mapping[str, str]) -> str:
    return f"{payment.get('Reference') or ''} on {_hangs_on(payment, numbers)}"


def _hangs_on(payment: Json, numbers: Mapping[str, str]) -> str:
    target = payment.get("Invoice") or {}
    found = target.get("InvoiceID") or (payment.get("CreditNote") or {}).get("CreditNoteID")
    return numbers.get(str(found), f"an unknown document {found}")


def _payment(payment: Json, numbers: Mapping[str, str]) -> Shown:
    account = (payment.get("Account") or {}).get("Code") or (payment.get("Account") or {}).get("AccountID")
    names = ("Amount", "BankAmount", "CurrencyRate", "Date", "Status", "PaymentType", "IsReconciled")
    return {name: payment.get(name) for name in names} | {"account": account}


def names_of(entries: Iterable[tuple[str, Shown]]) -> list[str]:
    """How the entries are called."""
    return [name for name, _ in entries]
