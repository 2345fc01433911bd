"""A customer's account as Xero's contact, and its fields one by one, to be compared (reference xero.md 6).

An address is one field: a street of ours with a postcode of theirs would be nobody's. So is a telephone number.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from include.domain.customer import Account
from include.wire.xero_documents import contact_body, encoded, with_fields

Json = Mapping[str, Any]

TEXTS = ("Name", "FirstName", "LastName", "EmailAddress", "TaxNumber", "DefaultCurrency")
SLOTS = {"POBOX": "billing address", "STREET": "delivery address", "DEFAULT": "phone"}
WORDS: Mapping[str, str] = {
    "Name": "name",
    "FirstName": "first name",
    "LastName": "last name",
    "EmailAddress": "e-mail address",
    "TaxNumber": "tax number",
    "DefaultCurrency": "default currency",
    **SLOTS,
}
_ADDRESS = ("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4", "City", "Region", "PostalCode", "Country")
_PHONE = ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")


def account_body(account: Account) -> str:
    """The contact's body without its name, as orders make it, with what only the account knows."""
    body = contact_body(account.contact)
    extra = {"TaxNumber": account.tax_number, "DefaultCurrency": account.currency}
    extra = {name: value for name, value in extra.items() if value}
    return with_fields(body, **extra) if extra else body


def fields_of(element: Json) -> dict[str, str]:
    """The fields of a contact that an account may fill, as text that is equal where they are; those that are empty are not
    there. Of a body of ours as of an answer of Xero's.
    """
    found = {name: _text(element.get(name)) for name in TEXTS}
    found["EmailAddress"] = found["EmailAddress"].casefold()
    for address in element.get("Addresses") or ():
        parts = {name: _text(address.get(name)) for name in (*_ADDRESS, "AttentionTo")}
        said = {name: value for name, value in parts.items() if value}
        found[str(address.get("AddressType"))] = json.dumps(said, ensure_ascii=False) if said else ""
    for phone in element.get("Phones") or ():
        if phone.get("PhoneType") == "DEFAULT":
            found["DEFAULT"] = " ".join(filter(None, (_text(phone.get(name)) for name in _PHONE)))
    return {name: value for name, value in found.items() if value and name in WORDS}


def update_body(contact_id: str, body: Json, send: Collection[str], there: Json, *, name: str) -> str:
    """The update of a contact: those of our fields that are to be sent, and nothing else.

    Whether Xero empties the address that a list of one does not name is not confirmed, so the other one goes back as it
    stands there; the same with telephone numbers.

    name   what it is to be called, where its name is to be sent
    """
    wanted: dict[str, Any] = {"ContactID": contact_id}
    for field in TEXTS:
        if field in send:
            wanted[field] = name if field == "Name" else body[field]
    if {"POBOX", "STREET"} & set(send):
        wanted["Addresses"] = _slots(body, there, send, "Addresses", "AddressType", (*_ADDRESS, "AttentionTo"))
    if "DEFAULT" in send:
        wanted["Phones"] = _slots(body, there, send, "Phones", "PhoneType", _PHONE)
    return encoded(wanted)


def _slots(
    body: Json, there: Json, send: Collection[str], group: str, kind: str, names: Collection[str]
) -> list[dict[str, str]]:
    ours = {str(each[kind]): each for each in body.get(group) or () if each[kind] in send}
    theirs = {str(each[kind]): each for each in there.get(group) or () if any(_text(each.get(name)) for name in names)}
    return [
        {kind: slot, **{name: _text(each.get(name)) for name in names if _text(each.get(name))}}
        for slot, each in sorted((theirs | ours).items())
    ]


def bears_contact(sent: Json, kept: Json) -> bool:
    """Whether a contact stands as an update left it: every field that was sent."""
    there = fields_of(kept)
    return all(there.get(name) == value for name, value in fields_of(sent).items())


def _text(value: Any) -> str:
    return str(value).strip() if value is not None else ""
