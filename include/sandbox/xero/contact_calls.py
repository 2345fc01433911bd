"""What can be done with contacts: list, read by id or number, create, update or create, change one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from include.sandbox.ground import Answer, Asked
from include.sandbox.xero import answers, batches, contacts, echoes, listing
from include.sandbox.xero.arithmetic import ZERO
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict, is_true
from include.sandbox.xero.records import Json
from include.sandbox.xero.where import Column, Columns

_SEARCHED = ("Name", "FirstName", "LastName", "ContactNumber", "EmailAddress")  # spec, searchTerm of contacts

COLUMNS: Columns = {
    "ContactID": Column("guid", lambda contact: contact["ContactID"]),
    "Name": Column("text", lambda contact: contact["Name"]),
    "EmailAddress": Column("text", lambda contact: contact.get("EmailAddress")),
    "ContactNumber": Column("text", lambda contact: contact.get("ContactNumber")),
    "AccountNumber": Column("text", lambda contact: contact.get("AccountNumber")),
    "ContactStatus": Column("text", lambda contact: contact["ContactStatus"]),
    "UpdatedDateUTC": Column("moment", lambda contact: contact["UpdatedDateUTC"]),
}


def listed(ledger: Ledger, asked: Asked) -> Answer:
    """GET /Contacts. Archived ones only with includeArchived=true; without `page` or as summary without details."""
    archived_too = is_true(asked.query.get("includeArchived"))
    ids, term = listing.ids_of(asked, "IDs"), asked.query.get("searchTerm", "").casefold()
    chosen = [
        contact
        for contact in ledger.contacts_by_id.values()
        if (archived_too or contact["ContactStatus"] == "ACTIVE")
        and (ids is None or contact["ContactID"] in ids)
        and (not term or any(term in str(contact.get(name) or "").casefold() for name in _SEARCHED))
    ]
    is_detailed = "page" in asked.query and not is_true(asked.query.get("summaryOnly"))
    owed = _owed(ledger) if is_detailed else {}

    def show(contact: Json) -> Json:
        shown = answers.contact(contact, is_listed=True, balances=_balances(owed.get(contact["ContactID"], ZERO)))
        if not is_detailed:
            shown |= {"Addresses": [], "Phones": []}
        if "page" not in asked.query:
            shown.pop("MergedToContactID", None)  # only with paging, or read alone (spec)
        return shown

    return listing.listed(ledger, asked, "Contacts", chosen, COLUMNS, show, lambda contact: contact["UpdatedDateUTC"])


def single(ledger: Ledger, asked: Asked) -> Answer:
    """GET /Contacts/{ContactID} or /Contacts/{ContactNumber}: also an archived one, with where it was merged to."""
    wanted = asked.params["Contact"]
    contact = ledger.contacts_by_id.get(wanted.lower()) or next(
        iter(ledger.contacts_with("ContactNumber", wanted)), None
    )
    if contact is None:
        return listing.missing()
    shown = answers.contact(contact, is_listed=True, balances=_balances(_owed(ledger).get(contact["ContactID"], ZERO)))
    return Answer(200, answers.envelope(ledger, "Contacts", [shown | {"Attachments": []}]))


def create(ledger: Ledger, asked: Asked) -> Answer:
    """PUT /Contacts: every element is a new contact."""
    return batches.run(ledger, asked, "Contacts", lambda element, verdict: _write(ledger, element, None, verdict))


def update_or_create(ledger: Ledger, asked: Asked) -> Answer:
    """POST /Contacts: an element that means an existing contact changes it, by a mere name too (xero-php-oauth2 #191)."""
    return batches.run(
        ledger,
        asked,
        "Contacts",
        lambda element, verdict: _write(ledger, element, contacts.found(ledger, element), verdict),
    )


def update(ledger: Ledger, asked: Asked) -> Answer:
    """POST /Contacts/{ContactID}: changes that one."""
    before = ledger.contacts_by_id.get(asked.params["Contact"].lower())
    if before is None:
        return listing.missing()
    return batches.run(
        ledger, asked, "Contacts", lambda element, verdict: _write(ledger, element, before, verdict), may_be_bare=True
    )


def _write(ledger: Ledger, element: Mapping[str, Any], before: Json | None, verdict: Verdict) -> Json:
    contact = contacts.written(ledger, element, before, verdict)
    return echoes.contact(element, before) if contact is None else answers.contact(contact, is_listed=False)


def _owed(ledger: Ledger) -> dict[str, Decimal]:
    """What each contact owes on approved invoices."""
    owed: dict[str, Decimal] = {}
    for invoice in ledger.invoices_by_id.values():
        if invoice.status == "AUTHORISED":
            owed[invoice.contact_id] = owed.get(invoice.contact_id, ZERO) + invoice.outstanding
    return owed


def _balances(outstanding: Decimal) -> Json | None:
    """Shown only when there is one (recorded). What is overdue is not worked out: always 0."""
    if outstanding == 0:
        return None
    nothing = {"Outstanding": ZERO, "Overdue": ZERO}
    return {"AccountsReceivable": {"Outstanding": outstanding, "Overdue": ZERO}, "AccountsPayable": nothing}
