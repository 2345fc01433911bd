"""The books, asked: token, scopes, organisation, plan, what is mapped to it, calls left, clock. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.clients.errors import ApiError, ConsentNeeded, DayLimitSpent, NotAllowed
from include.clients.xero import Xero
from include.clients.xero_token import Tokens
from include.commands.doctor.shop import ShopFound
from include.commands.doctor.vendor_clock import clock_against
from include.connecting.listening import Listening
from include.domain.policy import Reference
from include.settings.connections import Connection, books_arguments
from include.settings.finding import Finding, fail, ok, warn
from include.settings.mapped import (
    account_findings,
    currency_findings,
    item_findings,
    stock_findings,
    tax_findings,
    tracking_findings,
)
from include.settings.store import Store
from include.wire.xero_reference import date_of, reference_of, zone_of

NOBODY = "00000000-0000-0000-0000-000000000000"
CALLS_LEFT_TOLD = 200
# What this flow needs of the plan: a draft costs nothing, an approval may (reference xero.md 2.3).
APPROVE = "CreateApprovedInvoice"
FOREIGN = "UseMulticurrency"


def ask_the_books(
    connection: Connection, store: Store, shop: ShopFound, tokens: Tokens | None = None
) -> Iterator[Finding]:
    """All that is asked of Xero.

    shop     what the shop said of itself, empty where it did not answer.
    tokens   a consent's, as they are kept.
    """
    check = f"connection {connection.conn_id}"
    where = f"Correct Connection {connection.conn_id}"
    listening = Listening()
    try:
        books = Xero.open(**books_arguments(connection), transport=listening, tokens=tokens)
    except ValueError as error:
        yield fail(check, f"{error}.", f"{where}: its form names each field.")
        return
    with books:
        if connection.conn_type not in ("", "xero"):
            yield fail(check, f"it is of type {connection.conn_type!r}.", f"{where}: its type is Xero organisation.")
        try:
            organisation = books.organisation()
        except DayLimitSpent as error:
            yield fail("calls left today", f"{error}", "Wait; or see which other app spends the organisation's calls.")
            return
        except ConsentNeeded as error:
            yield fail(check, f"{error}", f"Run: make connect-xero STORE={store.key}")
            return
        except NotAllowed as error:
            yield fail(
                check, f"{error}", f"{where}, and see at developer.xero.com whether its connection still stands."
            )
            return
        except ApiError as error:
            yield fail(check, f"{error}", f"See whether the URLs of {connection.conn_id} are right, and retry.")
            return
        yield ok(check, f"Xero gives a token and answers for {organisation.get('Name')}.")
        yield clock_against(
            "Xero", listening.their_moment, listening.our_moment, store.file.window.overlap_minutes * 60
        )
        yield from _scopes(books)
        yield from _organisation(organisation, store)
        yield from _what_is_mapped(books, organisation, store, shop)
        yield from _calls_left(listening)


def _scopes(books: Xero) -> Iterator[Finding]:
    """Whether each kind of record can be read. That they may be written, Xero said by giving the token: it was asked for."""
    asked: dict[str, tuple[str, Callable[[], object]]] = {
        "contacts": ("accounting.contacts", lambda: books.contacts_by_id([NOBODY])),
        "invoices": ("accounting.invoices", lambda: books.invoices_by_id([NOBODY])),
        "credit notes": ("accounting.invoices", lambda: books.credit_notes_numbered(["doctor"])),
        "payments": ("accounting.payments", lambda: books.payments_of([NOBODY])),
        "settings": ("accounting.settings.read", books.currencies),
    }
    for what, (scope, ask) in asked.items():
        try:
            ask()
        except NotAllowed as error:
            remedy = (
                f"Give the Custom Connection {scope}, and name it in the Connection's scopes if that field is filled."
            )
            yield fail(f"scope {what}", f"{error}", remedy)
        except ApiError as error:
            yield fail(f"scope {what}", f"{error}", "Retry when Xero answers.")
        else:
            yield ok(f"scope {what}", f"{what} can be read.")


def _organisation(organisation: Mapping[str, Any], store: Store) -> Iterator[Finding]:
    """Country, time zone, lock dates."""
    country, wanted = str(organisation.get("CountryCode") or ""), store.file.xero.country
    if country != wanted:
        remedy = (
            f"Correct xero.country in {store.path.name} (tax defaults follow from it), or name another organisation."
        )
        yield fail("organisation's country", f"Xero says {country or 'nothing'}, the settings say {wanted}.", remedy)
    else:
        yield ok("organisation's country", f"{country}, as in the settings.")
    try:
        zone = zone_of(str(organisation.get("Timezone") or "(none)"))
    except ValueError as error:
        yield fail("organisation's time zone", f"{error}.", "Add it to ZONES in include/wire/xero_reference.py.")
        zone = "UTC"
    else:
        yield ok("organisation's time zone", f"{zone}: documents are dated by it.")
    yield _lock_dates(organisation, store, datetime.now(ZoneInfo(zone)).date())


def _lock_dates(organisation: Mapping[str, Any], store: Store, today: date) -> Finding:
    days = [date_of(organisation.get(name)) for name in ("PeriodLockDate", "EndOfYearLockDate")]
    closed_to = max((day for day in days if day is not None), default=None)
    if closed_to is None:
        return ok("lock dates", "none is set.")
    remedy = "Ask the accountant to move the lock date"
    start = store.file.start_from
    first = start.astimezone(UTC).date() if isinstance(start, datetime) else start
    if closed_to >= today:
        return fail("lock dates", f"the books are closed to {closed_to}: nothing can be posted today.", f"{remedy}.")
    if first <= closed_to:
        meaning = "held" if store.file.policies.locked_period == "hold" else "dated on the first open day"
        words = f"the books are closed to {closed_to}; orders from {first} to then would be {meaning}."
        return warn("lock dates", words, f"{remedy}, or set start_from after it in {store.path.name}.")
    return ok("lock dates", f"closed to {closed_to}, before start_from.")


def _what_is_mapped(books: Xero, organisation: Mapping[str, Any], store: Store, shop: ShopFound) -> Iterator[Finding]:
    """Accounts, tax types, tracking, currency and plan."""
    policy = store.policy()
    try:
        reference = _reference(books, organisation)
    except ApiError as error:
        yield fail("accounts and tax types", f"{error}", "Mend what is said above, and ask again.")
        return
    yield from currency_findings(reference, shop.currency)
    yield from _zones(reference, shop)
    yield from account_findings(store, policy, reference, shop.currency)
    yield from tax_findings(store, policy, reference)
    yield from item_findings(store, reference)
    yield from stock_findings(store, reference)
    try:
        if store.file.tracking:
            yield from tracking_findings(store, books.tracking_categories())
        yield from _plan(books, shop, reference)
    except ApiError as error:
        yield warn("plan", f"not asked: {error}", "Ask again later.")


def _reference(books: Xero, organisation: Mapping[str, Any]) -> Reference:
    known = organisation
    try:
        zone_of(str(organisation.get("Timezone") or ""))
    except ValueError:
        known = {**organisation, "Timezone": "UTC"}  # told already; accounts and tax types are asked all the same
    return reference_of(
        {
            "organisation": known,
            "accounts": books.accounts(),
            "tax_rates": books.tax_rates(),
            "currencies": books.currencies(),
        }
    )


def _zones(reference: Reference, shop: ShopFound) -> Iterator[Finding]:
    if shop.zone and ZoneInfo(reference.zone).utcoffset(datetime.now()) != _offset(shop.zone):  # noqa: DTZ005 - wall time
        words = (
            f"the shop lives in {shop.zone}, the organisation in {reference.zone}: sales near midnight differ in date."
        )
        yield warn("time zones", words, "Set the shop's zone to the organisation's, or let finance know.")


def _offset(zone: str) -> object:
    try:
        return ZoneInfo(zone).utcoffset(datetime.now())  # noqa: DTZ005 - the zone's offset at this wall time
    except (KeyError, ValueError, OSError):
        return None


def _plan(books: Xero, shop: ShopFound, reference: Reference) -> Iterator[Finding]:
    allowed = {str(each.get("Name")): str(each.get("Status")) == "ALLOWED" for each in books.actions()}
    if not allowed.get(APPROVE, True):
        words = "the plan lets us approve no further invoice now: they would be refused."
        yield fail("plan of the organisation", words, "Upgrade the plan in Xero, or set first_run_status: DRAFT.")
    elif shop.currency not in ("", reference.base_currency) and not allowed.get(FOREIGN, True):
        words = f"the plan has no foreign currency, and the shop sells in {shop.currency}."
        yield fail("plan of the organisation", words, "Upgrade the plan in Xero.")
    else:
        yield ok("plan of the organisation", "it lets us approve invoices.")


def _calls_left(listening: Listening) -> Iterator[Finding]:
    left = listening.number("x-daylimit-remaining")
    if left is None:
        yield warn(
            "calls left today", "not asked: Xero's answer does not say.", "See the app's page at developer.xero.com."
        )
    elif left < CALLS_LEFT_TOLD:
        words = f"{left} calls are left today, for all apps of the organisation."
        yield warn("calls left today", words, "Begin a backfill tomorrow; see which other app spends them.")
    else:
        yield ok("calls left today", f"{left}; this examination is among those spent.")
