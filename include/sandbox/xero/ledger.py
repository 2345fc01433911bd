"""One organisation's books, in memory: what is in them, and the few moves that keep sums and states true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from include.sandbox.ground import Clock
from include.sandbox.xero import dates, default_organisation, reference_data, stock
from include.sandbox.xero.allowance import Allowance
from include.sandbox.xero.consents import Consents
from include.sandbox.xero.idempotency import Remembered
from include.sandbox.xero.messenger import Messenger
from include.sandbox.xero.records import INVOICE, Allocation, Document, Json, Kind, Payment
from include.sandbox.xero.tokens import Tokens

TENANT_ID = "5a9db0c5-0000-4000-8000-0000000000aa"
_Snapshot = tuple[Any, ...]
_CONTACT_KEYS = ("Name", "ContactNumber", "AccountNumber")

# The day's rates of XE are not ours to know: constructed, in foreign units for one of the base currency.
DAY_RATE = Decimal("0.650000")


class Ledger:
    """The organisation and everything in it. Documents are values (`records`); only this class replaces them.

    Who reaches in from another thread than the server's holds the town's lock.
    """

    client_id = "sandbox-client"
    client_secret = "sandbox-secret"
    tenant_id = TENANT_ID

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.tokens = Tokens(clock)
        self.consents = Consents(clock)
        self.connected: dict[str, str] = {}  # tenant id -> name, of those that a person connected by consent
        self.allowance = Allowance(clock)
        self.remembered = Remembered(clock)
        self.connection_id = str(uuid4())
        self.created_at = clock.now()
        self.messenger = Messenger(clock, self.tenant_id)
        self.set_up()

    def set_up(
        self,
        organisation: Mapping[str, Any] | None = None,
        accounts: Iterable[Mapping[str, Any]] | None = None,
        tax_rates: Iterable[Mapping[str, Any]] | None = None,
        currencies: Iterable[str | Mapping[str, Any]] | None = None,
        items: Iterable[Mapping[str, Any]] | None = None,
        tracking_categories: Iterable[Mapping[str, Any]] | None = None,
    ) -> None:
        """Begin anew with these settings; what is left out is the default organisation's. All documents go.

        Shape   Xero's spelling, partial: `{"Code": "200", "Type": "REVENUE"}` is a whole account. Lock dates may be
                ISO dates. Currencies may be plain codes; the base currency is always one of them.
        Raises  LookupError for a Timezone that nobody has mapped.
        """
        self.organisation: Json = default_organisation.ORGANISATION | dict(organisation or {})
        for lock in ("PeriodLockDate", "EndOfYearLockDate"):
            if isinstance(self.organisation.get(lock), str):
                self.organisation[lock] = dates.read_day(self.organisation[lock])
        self.zone = dates.zone_of(self.organisation["Timezone"])
        now = self.clock.now()
        rates = tax_rates if tax_rates is not None else default_organisation.TAX_RATES
        self.tax_rates = {rate["TaxType"]: reference_data.tax_rate_of(rate) for rate in rates}
        no_tax = next((t for t in ("BASEXCLUDED", "NONE") if t in self.tax_rates), "NONE")
        chart = accounts if accounts is not None else default_organisation.ACCOUNTS
        self.accounts = [reference_data.account_of(account, no_tax, now) for account in chart]
        wanted = list(currencies) if currencies is not None else list(default_organisation.CURRENCIES)
        known = [reference_data.currency_of(currency) for currency in wanted]
        if self.base_currency not in [currency["Code"] for currency in known]:
            known.insert(0, reference_data.currency_of(self.base_currency))
        self.currencies = known
        self.items = {item["Code"]: stock.item_of(item, now) for item in items or ()}
        self.inactive_items: dict[str, Json] = {}  # by Code; no list shows them, and no call changes them
        self.tracking_categories = [reference_data.tracking_category_of(c) for c in tracking_categories or ()]
        self.actions = dict.fromkeys(reference_data.ACTIONS, "ALLOWED")
        self.contacts_by_id: dict[str, Json] = {}
        self.contact_ids: dict[tuple[str, str], tuple[str, ...]] = {}
        self.invoices_by_id: dict[str, Document] = {}
        self.credit_notes_by_id: dict[str, Document] = {}
        self.ids_by_number: dict[tuple[str, str], str] = {}
        self.payments_by_id: dict[str, Payment] = {}
        self.allocations_by_id: dict[str, Allocation] = {}

    @property
    def base_currency(self) -> str:
        """The currency the organisation keeps its books in."""
        return str(self.organisation["BaseCurrency"])

    def today(self) -> date:
        """The date in the organisation's time zone, which Xero takes when a document has none."""
        return self.clock.now().astimezone(self.zone).date()

    def lock_refusal(self, day: date) -> str | None:
        """Why nothing may be dated `day`, in Xero's words, or None. The later lock is the one that binds."""
        locks = [
            (self.organisation.get("PeriodLockDate"), "period lock date"),
            (self.organisation.get("EndOfYearLockDate"), "end of year lock date"),
        ]
        binding = max(((lock, name) for lock, name in locks if lock is not None), default=None)
        if binding is None or day > binding[0]:
            return None
        return f"The document date cannot be before the {binding[1]}, currently set at {dates.text_day(binding[0])}"

    def account(self, *, code: object = None, account_id: object = None) -> Json | None:
        """The account with this id or code, whatever its status."""
        for account in self.accounts:
            if account_id is not None and account["AccountID"] == account_id:
                return account
            if account_id is None and code is not None and account.get("Code") == str(code):
                return account
        return None

    # What follows changes the books. Each move leaves a new value in place of the old one.

    def snapshot(self) -> _Snapshot:
        """Everything that a call can change, to be put back by `restore` when the call fails as a whole."""
        return (
            dict(self.contacts_by_id),
            dict(self.contact_ids),
            dict(self.invoices_by_id),
            dict(self.credit_notes_by_id),
            dict(self.ids_by_number),
            dict(self.payments_by_id),
            dict(self.allocations_by_id),
            dict(self.items),
            self.messenger.mark(),
        )

    def restore(self, snapshot: _Snapshot) -> None:
        """Put everything back as it was."""
        (
            self.contacts_by_id,
            self.contact_ids,
            self.invoices_by_id,
            self.credit_notes_by_id,
            self.ids_by_number,
            self.payments_by_id,
            self.allocations_by_id,
            self.items,
            mark,
        ) = snapshot
        self.messenger.undo(mark)

    def contacts_with(self, name: str, value: object) -> list[Json]:
        """The contacts that bear this Name, ContactNumber or AccountNumber, whatever its letters' case; active first."""
        ids = self.contact_ids.get((name, str(value).casefold()), ()) if value else ()
        return sorted((self.contacts_by_id[i] for i in ids), key=lambda contact: contact["ContactStatus"] != "ACTIVE")

    def put_contact(self, contact: Json) -> None:
        """Store a new or changed contact, touched now."""
        contact_id = contact["ContactID"]
        before = self.contacts_by_id.get(contact_id, {})
        for name in _CONTACT_KEYS:
            old, new = str(before.get(name, "")).casefold(), str(contact.get(name, "")).casefold()
            if old:
                self.contact_ids[name, old] = tuple(i for i in self.contact_ids[name, old] if i != contact_id)
            if new:
                self.contact_ids[name, new] = (*self.contact_ids.get((name, new), ()), contact_id)
        is_new = contact_id not in self.contacts_by_id
        self.contacts_by_id[contact_id] = contact | {"UpdatedDateUTC": self.clock.now()}
        self.messenger.touched("CONTACT", contact_id, is_new)

    def documents(self, kind: Kind) -> dict[str, Document]:
        """The invoices, or the credit notes, by id."""
        return self.invoices_by_id if kind is INVOICE else self.credit_notes_by_id

    def document(self, document_id: str) -> Document:
        """The invoice or credit note with this id. Raises KeyError."""
        return self.invoices_by_id.get(document_id) or self.credit_notes_by_id[document_id]

    def numbered(self, kind: Kind, number: str) -> Document | None:
        """The document with this number, whatever its status."""
        found = self.ids_by_number.get((kind.type, number))
        return self.documents(kind)[found] if found else None

    def next_number(self, kind: Kind) -> str:
        """The next free number of Xero's own series."""
        position = len(self.documents(kind)) + 1
        while (kind.type, f"{kind.number_prefix}{position:04d}") in self.ids_by_number:
            position += 1
        return f"{kind.number_prefix}{position:04d}"

    def put(self, document: Document) -> Document:
        """Store a new or changed document, with the state that its sums call for. Gives what was stored.

        PAID comes by itself when nothing is outstanding on an approved document, also on one of 0.00, and goes when
        something is again (reference xero.md 4, 5.1). What is on hand of tracked items moves along.
        """
        before = self.documents(document.kind).get(document.id)
        if before is not None and before.number != document.number:
            del self.ids_by_number[(document.kind.type, before.number)]
        status = document.status
        if status in ("AUTHORISED", "PAID"):
            status = "PAID" if document.outstanding == 0 else "AUTHORISED"
        document = replace(
            document,
            status=status,
            fully_paid_on=(document.fully_paid_on or self._paid_on(document)) if status == "PAID" else None,
            updated_at=self.clock.now(),
        )
        self.items = stock.moved(self.items, before, document)
        self.documents(document.kind)[document.id] = document
        self.ids_by_number[(document.kind.type, document.number)] = document.id
        if document.kind is INVOICE:
            self.messenger.touched("INVOICE", document.id, before is None)
        else:
            about = {"Type": document.kind.type, "Status": document.status}
            self.messenger.touched("CREDITNOTE", document.id, before is None, **about)
        return document

    def _paid_on(self, document: Document) -> date:
        days = [self.payments_by_id[p].date for p in document.payment_ids if p in self.payments_by_id]
        days += [self.allocations_by_id[a].date for a in document.allocation_ids if a in self.allocations_by_id]
        return max(days, default=document.date)

    def pay(self, payment: Payment) -> None:
        """Store a payment and settle its document by it."""
        self.payments_by_id[payment.id] = payment
        document = self.document(payment.document_id)
        self.put(
            replace(
                document,
                paid=document.paid + payment.amount,
                payment_ids=(*document.payment_ids, payment.id),
            )
        )

    def unpay(self, payment: Payment) -> Payment:
        """Take a payment back: it stays in the list as DELETED, the document owes again."""
        gone = replace(payment, status="DELETED", updated_at=self.clock.now())
        self.payments_by_id[payment.id] = gone
        document = self.document(payment.document_id)
        self.put(
            replace(
                document,
                paid=document.paid - payment.amount,
                payment_ids=tuple(p for p in document.payment_ids if p != payment.id),
            )
        )
        return gone

    def allocate(self, allocation: Allocation) -> None:
        """Settle an invoice by a part of a credit note."""
        self.allocations_by_id[allocation.id] = allocation
        for document_id in (allocation.credit_note_id, allocation.invoice_id):
            document = self.document(document_id)
            credited = document.credited + allocation.amount
            self.put(replace(document, credited=credited, allocation_ids=(*document.allocation_ids, allocation.id)))

    def unallocate(self, allocation: Allocation) -> None:
        """Undo an allocation."""
        for document_id in (allocation.credit_note_id, allocation.invoice_id):
            document = self.document(document_id)
            kept = tuple(a for a in document.allocation_ids if a != allocation.id)
            self.put(replace(document, credited=document.credited - allocation.amount, allocation_ids=kept))
        del self.allocations_by_id[allocation.id]

    def default_rate(self, currency: str) -> Decimal:
        """What Xero would take as the day's rate when a document names none."""
        return Decimal("1.000000") if currency == self.base_currency else DAY_RATE
