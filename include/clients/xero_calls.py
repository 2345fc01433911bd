"""Every call that the Xero client can make, as Xero's manual lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from include.clients.sending import Call
from include.clients.xero_token import TOKEN_CALL

API = "/api.xro/2.0"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

ORGANISATION = Call("GET", f"{API}/Organisation")
ACTIONS = Call("GET", f"{API}/Organisation/Actions")
ACCOUNTS = Call("GET", f"{API}/Accounts")
TAX_RATES = Call("GET", f"{API}/TaxRates")
CURRENCIES = Call("GET", f"{API}/Currencies")
ITEMS = Call("GET", f"{API}/Items")
TRACKING_CATEGORIES = Call("GET", f"{API}/TrackingCategories")
CONTACTS = Call("GET", f"{API}/Contacts")
INVOICES = Call("GET", f"{API}/Invoices")
PAYMENTS = Call("GET", f"{API}/Payments")
CREDIT_NOTES = Call("GET", f"{API}/CreditNotes")
READS = (
    ORGANISATION,
    ACTIONS,
    ACCOUNTS,
    TAX_RATES,
    CURRENCIES,
    ITEMS,
    TRACKING_CATEGORIES,
    CONTACTS,
    INVOICES,
    PAYMENTS,
    CREDIT_NOTES,
)

FOUR_DECIMALS = {"unitdp": "4"}
_EACH = {"summarizeErrors": "false"}
# What may be written, and the parameters that the vendor's description gives each call. Anything else is a mistake.
WRITES: Mapping[Call, Mapping[str, str]] = {
    Call("PUT", f"{API}/Contacts"): _EACH,
    Call("POST", f"{API}/Contacts"): _EACH,
    Call("PUT", f"{API}/Items"): _EACH | FOUR_DECIMALS,
    Call("POST", f"{API}/Items"): _EACH | FOUR_DECIMALS,
    Call("PUT", f"{API}/Invoices"): _EACH | FOUR_DECIMALS,
    Call("POST", f"{API}/Invoices"): _EACH | FOUR_DECIMALS,
    Call("PUT", f"{API}/CreditNotes"): _EACH | FOUR_DECIMALS,
    Call("POST", f"{API}/CreditNotes"): _EACH | FOUR_DECIMALS,
    Call("PUT", f"{API}/CreditNotes/{{id}}/Allocations"): _EACH,
    Call("PUT", f"{API}/Payments"): _EACH,
    Call("POST", f"{API}/Payments/{{id}}"): {},  # the one way to reverse a payment (xero.md 5.1)
}

# Every call that this client can make. The sandbox must know each; a test compares.
CALLS = (TOKEN_CALL, *READS, *WRITES)


def write_call(method: str, resource: str) -> tuple[Call, str, str]:
    """The call, its path, and the kind of element that it writes. Raises ValueError when we never write that."""
    segments = resource.split("/")
    pattern = "/".join("{id}" if _ID.fullmatch(segment) else segment for segment in segments)
    call = Call(method, f"{API}/{pattern}")
    if call not in WRITES:
        raise ValueError(f"{method} {pattern[:60]} is not among the writes of this client")
    return call, f"{API}/{resource}", segments[-1] if segments[-1].isalpha() else segments[0]
