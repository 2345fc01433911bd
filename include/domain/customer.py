"""A customer's account in the shop, what Xero is to know of them, and what an account may change there (accounting.md 6)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from include.domain.contact import contact_named
from include.domain.document import Contact
from include.domain.order import Person, Recipient
from include.domain.outcome import Hold
from include.domain.person import clean
from include.domain.policy import Policy
from include.domain.three_way import Merged, merged

TAX_NUMBER_MAX = 50  # reference xero.md 6
NO_GROUP = 0


@dataclass(frozen=True, slots=True)
class Customer:
    """An account of the shop. Moments are aware UTC. `tax_number` as the customer typed it, empty where none was."""

    id: int
    group_id: int
    created_at: datetime
    modified_at: datetime
    person: Person = field(repr=False)
    recipient: Recipient | None = field(default=None, repr=False)
    tax_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer as a contact, with what an order does not know of them. An empty field says nothing."""

    contact: Contact
    tax_number: str = field(default="", repr=False)
    currency: str = ""


def account_of(
    customer: Customer, policy: Policy, currencies_by_group: Mapping[int, str], enabled: frozenset[str] | None
) -> Account | Hold:
    """The contact that orders of this customer are billed to as well, with tax number and default currency.

    enabled   the organisation's currencies; None where they are not known, and Xero will say
    """
    currency = currencies_by_group.get(customer.group_id, "")
    if currency and enabled is not None and currency not in enabled:
        words = (
            f"Customers of group {customer.group_id} are to have {currency}, which the organisation has not enabled."
        )
        remedy = f"Enable {currency} in Xero, or correct `customers: currencies_by_group` in the store's settings."
        return Hold("currency_unknown", words, {"currency": currency}, remedy)
    contact = contact_named(
        str(customer.id),
        policy,
        customer.person,
        customer.recipient,
        tag=f"BC {customer.id}",
        nameless=f"Customer {customer.id}",
    )
    return Account(contact, clean(customer.tax_number, TAX_NUMBER_MAX), currency)


def digests_of(fields: Mapping[str, str], key: bytes) -> dict[str, str]:
    """Each field's keyed digest: equal for equal values of one store, and nobody reads a name or an address out of it."""
    return {
        name: hmac.new(key, f"{name}={value}".encode(), hashlib.sha256).hexdigest()[:32]
        for name, value in fields.items()
        if value
    }


def changes_of(
    sent: Mapping[str, str] | None, theirs: Mapping[str, str], ours: Mapping[str, str], key: bytes
) -> Merged:
    """What of an account is to be written into its contact; all values are digests.

    sent    the digests of what was sent last; None for a contact that somebody else made: what it lacks is filled in, and
            what it has stays until the shop changes it
    theirs  the fields as Xero shows them; ours as they would be sent. What the shop does not say is not looked at
    """
    mine, there = digests_of(ours, key), digests_of(theirs, key)
    last = {name: value for name, value in mine.items() if name in there} if sent is None else sent
    found = merged(last, there, mine)
    return Merged(found.send, found.kept, {**last, **found.sent})


def name_wanted(account_name: str, suffixed_name: str, name_there: str) -> str:
    """The name to compare with: a contact that bears the number behind its name is called as it should be."""
    return name_there if name_there == suffixed_name else account_name
