"""The books: bytes in, the fate of each element out; and what is read back.

The caller makes a write's body, since it is stored before it leaves. Reads come in batches, so that an order costs
a fraction of a call (design.md 4.4).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx

from include.clients.after import after_xero
from include.clients.answers import Answer
from include.clients.errors import NotUnderstood
from include.clients.pacing import MinuteBudget, Pace, told_by_xero
from include.clients.paging import Page, by_page
from include.clients.sending import REPEAT_FOR_S, TIMEOUT, Call, Line, door, header_word, trusted
from include.clients.xero_answers import Element, elements_in, fates_in, only, refusal_in, rows_in
from include.clients.xero_calls import (
    ACCOUNTS,
    ACTIONS,
    CALLS,
    CONTACTS,
    CREDIT_NOTES,
    CURRENCIES,
    FOUR_DECIMALS,
    INVOICES,
    ITEMS,
    ORGANISATION,
    PAYMENTS,
    TAX_RATES,
    TRACKING_CATEGORIES,
    WRITES,
    write_call,
)
from include.clients.xero_days import DayReads
from include.clients.xero_questions import can_be_asked, folded, is_guid, is_text, lists_of, wheres_of
from include.clients.xero_token import Bearer, Grant, Tokens, bearer
from include.clients.xero_token_service import TokenService

T = TypeVar("T")

__all__ = ["CALLS", "SCOPES", "Element", "Xero"]

KEY_CHARS_MAX = 128  # of an Idempotency-Key, xero.md 3.3
# Granular scopes (xero.md 1.4). Apps from before March 2026 have broad ones: a setting of the Connection.
# With a person's consent `offline_access` is asked for as well.
SCOPES = ("accounting.invoices", "accounting.payments", "accounting.contacts", "accounting.settings.read")

# The documented size of a page; larger ones are reported only (xero.md 3.4), and our questions are small.
PAGE_ROWS = 100


class Xero(DayReads):
    """A client of one organisation. Open it with `open`, use it as a context manager, share it between threads.

    Every method raises Unavailable, DayLimitSpent, Refused, NotAllowed or NotUnderstood; `write` also OutcomeUnknown.
    Records are mappings as Xero spells them, numbers with a fraction as Decimal.
    """

    def __init__(self, line: Line, base_url: str, auth: Bearer) -> None:
        self._line = line
        self._base_url = base_url
        self._auth = auth

    @classmethod
    def open(
        cls,
        *,
        base_url: str,
        token_url: str,
        client_id: str,
        client_secret: str,
        tenant_id: str | None,
        scopes: Sequence[str] = SCOPES,
        grant: Grant = "client_credentials",
        transport: httpx.BaseTransport | None = None,
        pace: Pace | None = None,
        tokens: Tokens | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """A client of one organisation. Nothing is asked yet, not even for a token.

        base_url    https://api.xero.com for the real one.
        tenant_id   None where the connection itself names the organisation, as a Custom Connection does, or the consent.
        grant       "authorization_code": by a person's consent, and then `scopes` are those that were consented to.
        tokens      where tokens are kept; in memory if not given, but for a consent, which outlives the process.
        Raises ValueError for an address, id or secret that cannot be right; it names the field, not the value.
        """
        headers = {"Accept": "application/json", "User-Agent": "bigcommerce-xero-bridge"}
        if tenant_id:
            headers["xero-tenant-id"] = header_word(tenant_id, "the tenant id")
        http = httpx.Client(
            headers=headers, timeout=timeout, transport=transport, follow_redirects=False, verify=trusted()
        )
        service = TokenService(
            token_url=token_url,
            client_id=client_id,
            client_secret=client_secret,
            http=httpx.Client(timeout=timeout, transport=transport, follow_redirects=False, verify=trusted()),
            clock=clock,
            sleep=sleep,
        )
        auth = bearer(grant, service, scopes, tokens)
        http.auth = auth
        line = Line(
            http,
            after=after_xero,
            pace=MinuteBudget(clock=clock, sleep=sleep) if pace is None else pace,
            hear=told_by_xero,
            secrets=auth.secrets,
            clock=clock,
            sleep=sleep,
        )
        return cls(line, door(base_url), auth)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._line.http.close()
        self._auth.close()

    @property
    def calls(self) -> int:
        """Calls to the accounting API so far, repeats counted, since they count with Xero; token calls do not."""
        return self._line.calls

    @property
    def granted(self) -> str:
        """The scopes of the token of the last call, as Xero said them; empty before it, or where it did not say."""
        return self._auth.granted

    @property
    def calls_left_day(self) -> int | None:
        """Calls that the organisation has left today, as last heard from Xero; None before the first answer."""
        return self._line.pace.left_day

    def write(
        self,
        method: Literal["PUT", "POST"],
        resource: str,
        body: bytes,
        *,
        key: str,
        repeat_for_s: float = REPEAT_FOR_S,
        sent_before: bool = False,
    ) -> list[Element]:
        """What became of each element in `body`, in the order sent. Never a shorter list.

        method, resource   one of `WRITES`: "Invoices", "Payments", "CreditNotes/<id>/Allocations", ...
        body               JSON: {"Invoices": [...]} or one element alone; 1 to 50 elements, at most 3 MB.
        key                the Idempotency-Key, at most 128 characters. Xero remembers it for about 6 minutes.
        repeat_for_s       for how long the same bytes may be sent again under this key.
        sent_before        these bytes may have left earlier under this key: then no error says that they did not.

        Repeats   on a broken line, 5xx, 429 and unreadable answers, a bounded number of times, same bytes, same key.
        Raises    Refused when Xero rejected all of it, OutcomeUnknown when some of it may be stored,
                  Unavailable or DayLimitSpent when none of it is. ValueError is our own mistake; nothing was sent.
        Source    xero.md 3.1 to 3.3.
        """
        call, path, kind = write_call(method, resource)
        if not 0 < len(key) <= KEY_CHARS_MAX:
            raise ValueError(f"a key has 1 to {KEY_CHARS_MAX} characters")
        headers = {"Idempotency-Key": header_word(key, "the key"), "Content-Type": "application/json"}
        sent = elements_in(body, kind)
        request = self._line.http.build_request(
            method, self._base_url + path, params=dict(WRITES[call]), content=body, headers=headers
        )
        return self._line.send(
            request,
            lambda answer: fates_in(answer, kind, sent),
            ask="keyed write",
            repeat_for_s=repeat_for_s,
            sent_before=sent_before,
        )

    def organisation(self) -> Mapping[str, Any]:
        """The organisation: base currency, country, time zone (a Windows-like code), lock dates (absent when unset)."""
        found = self._list(ORGANISATION, "Organisations")
        if len(found) != 1:
            raise NotUnderstood(f"Xero answered with {len(found)} organisations instead of one.")
        return found[0]

    def actions(self) -> list[Mapping[str, Any]]:
        """What the plan allows: Name (CreateApprovedInvoice, UseMulticurrency, ...) and Status (ALLOWED, ...)."""
        return self._list(ACTIONS, "Actions")

    def accounts(self) -> list[Mapping[str, Any]]:
        """The whole chart of accounts, archived ones too."""
        return self._list(ACCOUNTS, "Accounts")

    def tax_rates(self) -> list[Mapping[str, Any]]:
        """All tax rates, DELETED ones too: look at Status (xero.md 8.1)."""
        return self._list(TAX_RATES, "TaxRates")

    def currencies(self) -> list[Mapping[str, Any]]:
        """The currencies that the organisation has enabled."""
        return self._list(CURRENCIES, "Currencies")

    def items(self) -> list[Mapping[str, Any]]:
        """All items, in one call; prices with four decimals."""
        return self._list(ITEMS, "Items", **FOUR_DECIMALS)

    def tracking_categories(self) -> list[Mapping[str, Any]]:
        """The active tracking categories with their options."""
        return self._list(TRACKING_CATEGORIES, "TrackingCategories")

    def contacts_where(self, *, numbers: Sequence[str], emails: Sequence[str]) -> list[Mapping[str, Any]]:
        """Contacts with one of these numbers or e-mail addresses, archived and merged ones too; an e-mail may bring several.

        An address that no question can hold (a quote in it) is not asked for: it matches nobody.
        """
        clauses = [is_text("ContactNumber", number) for number in numbers]
        clauses += [is_text("EmailAddress", email) for email in emails if can_be_asked(email)]
        found = self._where(CONTACTS, "Contacts", clauses, includeArchived="true")
        wanted_numbers, wanted_emails = {*map(folded, numbers)}, {*map(folded, emails)}
        return only(
            found,
            lambda contact: (
                folded(contact.get("ContactNumber")) in wanted_numbers
                or folded(contact.get("EmailAddress")) in wanted_emails
            ),
            "contacts",
        )

    def contacts_by_id(self, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """These contacts, archived ones too. A merged one names its heir in MergedToContactID (xero.md 6)."""
        return self._listed(CONTACTS, "Contacts", "ContactID", "IDs", ids, includeArchived="true")

    def invoices_numbered(self, numbers: Sequence[str]) -> list[Mapping[str, Any]]:
        """Sales invoices with one of these numbers, with lines, voided and deleted ones too: look at Status."""
        found = self._listed(INVOICES, "Invoices", "InvoiceNumber", "InvoiceNumbers", numbers, **FOUR_DECIMALS)
        # A supplier's bill may bear the same number by chance: numbers of bills are not unique, nor ours to choose.
        return [invoice for invoice in found if invoice.get("Type") != "ACCPAY"]

    def invoices_referring(self, references: Sequence[str]) -> list[Mapping[str, Any]]:
        """Sales invoices with one of these references, voided and deleted ones too (xero.md 3.4)."""
        clauses = [is_text("Reference", reference) for reference in references if can_be_asked(reference)]
        wanted = {*map(folded, references)}
        found = self._where(INVOICES, "Invoices", clauses, **FOUR_DECIMALS)
        found = only(found, lambda invoice: folded(invoice.get("Reference")) in wanted, "invoices")
        return [invoice for invoice in found if invoice.get("Type") != "ACCPAY"]

    def invoices_by_id(self, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """These invoices, with lines and embedded payments."""
        return self._listed(INVOICES, "Invoices", "InvoiceID", "IDs", ids, **FOUR_DECIMALS)

    def payments_of(self, invoice_ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """Payments on these invoices, deleted ones too: look at Status."""
        clauses = [is_guid("Invoice.InvoiceID", invoice_id) for invoice_id in invoice_ids]
        wanted = {*map(folded, invoice_ids)}
        found = self._where(PAYMENTS, "Payments", clauses)
        return only(
            found, lambda payment: folded((payment.get("Invoice") or {}).get("InvoiceID")) in wanted, "payments"
        )

    def payments_deleted_since(self, moment: datetime) -> list[Mapping[str, Any]]:
        """Payments that are DELETED by now and changed after this moment: few, whatever is asked about (xero.md 3.4)."""
        found = self._pages(PAYMENTS, "Payments", {"where": is_text("Status", "DELETED")}, since=moment)
        return only(found, lambda payment: payment.get("Status") == "DELETED", "payments")

    def invoices_gone_since(self, moment: datetime) -> list[Mapping[str, Any]]:
        """Sales invoices that are VOIDED or DELETED by now and changed after this moment (xero.md 3.4)."""
        found = self._pages(INVOICES, "Invoices", {"Statuses": "VOIDED,DELETED", **FOUR_DECIMALS}, since=moment)
        found = only(found, lambda invoice: invoice.get("Status") in ("VOIDED", "DELETED"), "invoices")
        return [invoice for invoice in found if invoice.get("Type") != "ACCPAY"]

    def credit_notes_numbered(self, numbers: Sequence[str]) -> list[Mapping[str, Any]]:
        """Sales credit notes with one of these numbers, with lines and allocations, voided ones too."""
        clauses = [is_text("CreditNoteNumber", number) for number in numbers]
        wanted = {*map(folded, numbers)}
        found = self._where(CREDIT_NOTES, "CreditNotes", clauses, **FOUR_DECIMALS)
        found = only(found, lambda note: folded(note.get("CreditNoteNumber")) in wanted, "credit notes")
        return [note for note in found if note.get("Type") != "ACCPAYCREDIT"]

    def _list(self, call: Call, kind: str, **params: str) -> list[Mapping[str, Any]]:
        return self._get(call, lambda answer: rows_in(answer, kind)[0], params)

    def _listed(
        self, call: Call, kind: str, column: str, parameter: str, names: Sequence[str], **params: str
    ) -> list[Mapping[str, Any]]:
        wanted = {*map(folded, names)}
        found = [row for listed in lists_of(names) for row in self._pages(call, kind, {parameter: listed, **params})]
        return only(found, lambda row: folded(row.get(column)) in wanted, kind.lower())

    def _where(self, call: Call, kind: str, clauses: Iterable[str], **params: str) -> list[Mapping[str, Any]]:
        # A record that two pieces of the question match (a number in one, an e-mail in another) comes once.
        found: dict[str, Mapping[str, Any]] = {}
        for where in wheres_of(clauses):
            for row in self._pages(call, kind, {"where": where, **params}):
                found[str(row.get(f"{kind[:-1]}ID"))] = row
        return list(found.values())

    def _pages(
        self,
        call: Call,
        kind: str,
        params: Mapping[str, str],
        rows: int = PAGE_ROWS,
        *,
        since: datetime | None = None,
    ) -> list[Mapping[str, Any]]:
        """All rows of a paged list. A page is always asked for: without one, rows come without their lines.

        Where the answer does not count its pages, only a page below the documented size proves that it is the last.
        since   only what changed after it, which Xero may answer with 304 and no body (xero.md 3.4, 3.6)
        """
        headers = {} if since is None else {"If-Modified-Since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"}

        def fetch(number: int) -> Page[list[Mapping[str, Any]]]:
            def read(answer: Answer) -> Page[list[Mapping[str, Any]]]:
                if answer.status == 304 and since is not None:
                    return Page([], (), is_last=True)
                found, pages = rows_in(answer, kind)
                ids = tuple(str(row.get(f"{kind[:-1]}ID")) for row in found)
                return Page(found, ids, is_last=len(found) < PAGE_ROWS if pages is None else number >= pages)

            return self._get(call, read, {**params, "page": str(number), "pageSize": str(rows)}, headers)

        return [row for found in by_page(fetch, what=f"Xero's {kind.lower()}") for row in found]

    def _get(
        self,
        call: Call,
        read: Callable[[Answer], T],
        params: Mapping[str, str],
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> T:
        request = self._line.http.build_request(
            call.method, self._base_url + call.path, params=dict(params), headers=dict(headers)
        )

        def taken(answer: Answer) -> T:
            if answer.status == 400:
                raise refusal_in(answer)
            return read(answer)

        return self._line.send(request, taken)
