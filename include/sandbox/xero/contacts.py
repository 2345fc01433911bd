"""Contacts: who is meant, what may be written, and what the names' uniqueness refuses (reference xero.md 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from include.sandbox.ground import NeverSeen
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict, known_only, text_of
from include.sandbox.xero.records import Json

_TEXTS = {  # name, and its longest value (spec, Contact)
    "Name": 255,
    "FirstName": 255,
    "LastName": 255,
    "EmailAddress": 255,
    "ContactNumber": 50,
    "AccountNumber": 50,
    "CompanyNumber": 50,
    "TaxNumber": 50,
    "BankAccountDetails": 255,
    "AccountsReceivableTaxType": 255,
    "AccountsPayableTaxType": 255,
    "DefaultCurrency": 3,
}
_LISTS = ("Addresses", "Phones", "ContactPersons")
# Read-only (spec, Contact): sent back by who echoes an answer, and of no effect.
_IGNORED = (
    "IsCustomer",
    "IsSupplier",
    "UpdatedDateUTC",
    "ContactGroups",
    "HasValidationErrors",
    "ValidationErrors",
    "HasAttachments",
    "Balances",
    "SalesTrackingCategories",
    "PurchasesTrackingCategories",
)
_ADDRESS = {
    "AddressLine1": 500,
    "AddressLine2": 500,
    "AddressLine3": 500,
    "AddressLine4": 500,
    "City": 255,
    "Region": 255,
    "PostalCode": 50,
    "Country": 50,
    "AttentionTo": 255,
}
_EMAIL = re.compile(r"[\x21-\x7e]+@[\x21-\x7e]+\.[\x21-\x7e]+")  # umlauts are not supported (spec)

ARCHIVED_FOR_EDITING = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)
ARCHIVED_FOR_DOCUMENTS = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes."
)
NOT_IDENTIFIED = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)


def found(ledger: Ledger, element: Mapping[str, Any]) -> Json | None:
    """The contact that an element means: by ContactID, else ContactNumber, else Name. Active ones come first."""
    contact_id = text_of(element, "ContactID")
    if contact_id:
        return ledger.contacts_by_id.get(contact_id.lower())
    for name in ("ContactNumber", "Name"):
        same = ledger.contacts_with(name, text_of(element, name))
        if same:
            return same[0]
    return None


def written(
    ledger: Ledger, element: Mapping[str, Any], before: Json | None, verdict: Verdict, contact_id: str | None = None
) -> Json | None:
    """The contact as this element leaves it, stored; or None when the verdict refuses it.

    Only what is sent changes. ContactPersons are a list that is replaced as a whole (reference xero.md 4).
    """
    known_only(element, (*_TEXTS, *_LISTS, *_IGNORED, "ContactID", "ContactStatus"), "a contact")
    if before is not None and before["ContactStatus"] == "ARCHIVED":
        verdict.refuse(ARCHIVED_FOR_EDITING)
        return None
    if before is None and not text_of(element, "Name"):
        if any(text_of(element, name) for name in ("ContactID", "ContactNumber")):
            raise NeverSeen("a new contact without a name, or a ContactID that nobody has")
        verdict.refuse(NOT_IDENTIFIED)
        return None
    contact: Json = dict(before) if before else {"ContactID": contact_id or str(uuid4()), "ContactStatus": "ACTIVE"}
    contact.setdefault("IsSupplier", False)
    contact.setdefault("IsCustomer", False)
    for name in _TEXTS:
        if element.get(name) is not None:
            contact[name] = str(element[name])
    contact.setdefault("EmailAddress", "")
    currency = text_of(element, "DefaultCurrency")
    if currency and currency not in [known["Code"] for known in ledger.currencies]:
        raise NeverSeen(f"DefaultCurrency={currency!r}, which the organisation has not enabled")
    if (status := element.get("ContactStatus")) is not None:
        if status not in ("ACTIVE", "ARCHIVED"):
            raise NeverSeen(f"ContactStatus={status!r}")
        contact["ContactStatus"] = status
    _judge(ledger, contact, before, verdict)
    _judge_lists(element, verdict)
    if verdict.errors:
        return None
    for name in ("Addresses", "Phones"):
        if element.get(name) is not None:
            key = "AddressType" if name == "Addresses" else "PhoneType"
            slots = {slot[key]: slot for slot in contact.get(name, [])} | {
                slot[key]: dict(slot) for slot in element[name]
            }
            contact[name] = list(slots.values())
    if element.get("ContactPersons") is not None:
        contact["ContactPersons"] = [dict(person) for person in element["ContactPersons"]]
    ledger.put_contact(contact)
    return ledger.contacts_by_id[contact["ContactID"]]


def _judge(ledger: Ledger, contact: Json, before: Json | None, verdict: Verdict) -> None:
    for name, longest in _TEXTS.items():
        if len(contact.get(name, "")) > longest:
            verdict.refuse(f"{name} exceeds {longest} characters.")  # the limit is the spec's, the sentence ours
    name = contact["Name"]
    if "<" in name or ">" in name or name != " ".join(name.split()):
        verdict.refuse(f"The contact name {name} is not valid.")  # the rule is [S], the sentence ours
    if contact["EmailAddress"] and not _EMAIL.fullmatch(contact["EmailAddress"]):
        verdict.refuse("Email address must be valid.")

    def others(key: str) -> list[Json]:
        return [c for c in ledger.contacts_with(key, contact.get(key)) if c["ContactID"] != contact["ContactID"]]

    if contact["ContactStatus"] == "ACTIVE" and any(c["ContactStatus"] == "ACTIVE" for c in others("Name")):
        verdict.refuse(
            f"The contact name {name} is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        )
    for other in others("ContactNumber")[:1]:
        verdict.refuse(
            # The first sentence is [S]; how it goes on is not known, so it ends.
            f"The contact number {contact['ContactNumber']} is already assigned to another contact."
            if other["ContactStatus"] == "ACTIVE"
            else "Another contact has this contact number. Please enter a different contact number."
        )
    if others("AccountNumber"):
        verdict.refuse("The Account Number already exists. Please enter a different Account Number.")


def _judge_lists(element: Mapping[str, Any], verdict: Verdict) -> None:
    for address in element.get("Addresses") or []:
        known_only(address, (*_ADDRESS, "AddressType", "ValidationErrors"), "an address")
        if address.get("AddressType") not in ("POBOX", "STREET"):
            raise NeverSeen(f"AddressType={address.get('AddressType')!r} on a contact")
        for name, longest in _ADDRESS.items():
            if len(str(address.get(name) or "")) > longest:
                verdict.refuse(f"{name} exceeds {longest} characters.")  # the limit is the spec's, the sentence ours
        if any(sign.isdigit() for sign in str(address.get("Country") or "")):
            verdict.refuse("Country may only contain letters.")  # the rule is the spec's, the sentence ours
    for phone in element.get("Phones") or []:
        known_only(
            phone,
            ("PhoneType", "PhoneNumber", "PhoneAreaCode", "PhoneCountryCode", "ValidationErrors"),
            "a phone",
        )
        if phone.get("PhoneType") not in ("DEFAULT", "DDI", "FAX", "MOBILE"):
            raise NeverSeen(f"PhoneType={phone.get('PhoneType')!r} on a contact")
    if len(element.get("ContactPersons") or []) > 5:
        verdict.refuse("A contact has at most 5 contact persons.")  # the limit is [S], the sentence ours


def meant_by_document(ledger: Ledger, element: object, verdict: Verdict) -> Json | None:
    """The contact of a document: found, or made from a bare Name. Further fields update it. None when refused."""
    if not isinstance(element, Mapping) or not any(element.get(k) for k in ("ContactID", "ContactNumber", "Name")):
        verdict.refuse(NOT_IDENTIFIED)
        return None
    contact = found(ledger, element)
    if contact is None:
        return written(ledger, element, None, verdict)
    if contact["ContactStatus"] == "ARCHIVED":
        # By a bare Name too: that a name which only an archived contact bears does not make a new one is [U]. A merged one
        # is ARCHIVED (spec, MergedToContactID); that Xero has no other words for it is [U].
        verdict.refuse(ARCHIVED_FOR_DOCUMENTS)
        return None
    # By a bare name nobody is renamed: the name is who is meant, in whatever letters.
    meant_by = "Name" if not element.get("ContactID") and not element.get("ContactNumber") else "ContactID"
    if any(contact.get(name) != value for name, value in element.items() if name not in ("ContactID", meant_by)):
        return written(ledger, {"ContactPersons": []} | dict(element), contact, verdict)
    return contact
