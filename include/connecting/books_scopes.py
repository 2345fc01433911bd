"""Which of Xero's scopes are needed, what each is for, and which of them a token does not have."""

from __future__ import annotations

from collections.abc import Iterable

from include.clients.xero import SCOPES
from include.clients.xero_consent import LASTING
from include.settings.connections import Spoken, books_arguments

NEEDED_FOR = {
    "accounting.invoices": "invoices, credit notes and items",
    "accounting.payments": "payments",
    "accounting.contacts": "customers as contacts",
    "accounting.settings.read": "accounts, tax rates and the organisation itself",
}
# What opens as much and more: the broad scopes of older apps (xero.md 1.4), and writing, which includes reading.
BROADER = {
    "accounting.invoices": ("accounting.transactions",),
    "accounting.payments": ("accounting.transactions",),
}


def needed_by(connection: Spoken) -> tuple[str, ...]:
    """The scopes that are asked for: the Connection's own, else those that the flows need."""
    try:
        asked: Iterable[str] = books_arguments(connection).get("scopes", SCOPES)
    except ValueError:
        asked = SCOPES  # which field is wrong is told where the Connection is read
    return tuple(scope for scope in asked if scope != LASTING)


def lacking(granted: str, needed: Iterable[str]) -> list[str]:
    """Of the needed scopes those that nothing of what was granted opens. granted: names with blanks between."""
    has = set(granted.split())
    return [scope for scope in needed if not _opens(has, scope)]


def _opens(granted: set[str], scope: str) -> bool:
    plain = scope.removesuffix(".read")
    wider = (scope, plain, *BROADER.get(plain, ()))
    if scope.endswith(".read"):
        wider += tuple(f"{name}.read" for name in BROADER.get(plain, ()))
    return any(name in granted for name in wider)
