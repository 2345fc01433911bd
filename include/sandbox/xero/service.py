"""Xero's routes, each with where it is known from, and Xero's manner of refusing.

SPEC is the vendor's OpenAPI file of the Accounting API, REC a recorded answer, both in specs/xero; sections are those of
reference/xero.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from include.sandbox.ground import Answer, Asked, Handler, Route, Service, route
from include.sandbox.xero import (
    allowance,
    answers,
    authorize,
    batches,
    contact_calls,
    credit_notes,
    dates,
    gate,
    invoices,
    items,
    listing,
    payments,
    reference_data,
    tokens,
)
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import is_true
from include.sandbox.xero.records import NOBODY
from include.sandbox.xero.tables import TABLES
from include.sandbox.xero.where import Column

if TYPE_CHECKING:
    from include.sandbox.town import Town

API = "/api.xro/2.0"
_PAGE = ("page", "pageSize", "where", "order")
_PLAIN = ("where", "order")

# The list that a writing call carries, by the last fixed word of its address.
_LISTS = ("Invoices", "Payments", "CreditNotes", "Contacts", "Allocations", "Items")


def service(town: Town) -> Service:
    """The books of a town as the dispatch wants them. Limits may be changed in `town.limits.figures`."""
    town.limits.figures.setdefault("xero_minute", allowance.CALLS_PER_MINUTE_MAX)
    town.limits.figures.setdefault("xero_day", allowance.CALLS_PER_DAY_MAX)
    town.limits.figures.setdefault("xero_together", allowance.CALLS_TOGETHER_MAX)
    return Service(
        vendor="xero",
        prefixes=("/connect/", "/identity/", "/connections", "/Connections", "/api.xro/"),
        routes=[*_identity(town), *_settings(town), *_items(town), *_contacts(town), *_documents(town)],
        gate=lambda asked, known, work: gate.pass_through(town, asked, known, work),
        throttled=lambda with_headers: town.books.allowance.refused(
            "minute", town.limits, 1, with_headers=with_headers
        ),
        refused=lambda asked: _refused(town.books, asked),
        shapes={400: TABLES.shape("BadRequest"), 401: TABLES.shape("Gateway"), 403: TABLES.shape("Gateway")},
    )


def _on(town: Town, act: Callable[[Ledger, Asked], Answer]) -> Handler:
    """A handler that works on the books that the town has now: `reset` replaces them."""
    return lambda asked: act(town.books, asked)


def _identity(town: Town) -> list[Route]:
    def connections(books: Ledger, asked: Asked) -> Answer:
        at = f"{books.created_at:%Y-%m-%dT%H:%M:%S.%f}0"
        consent = books.tokens.consents.get(asked.headers.get("authorization", "").partition(" ")[2])
        event = NOBODY if consent is None else consent.event_id
        tenants = {books.tenant_id: str(books.organisation["Name"])}
        if consent is not None:
            tenants = {tenant: name for tenant, name in books.connected.items() if tenant in consent.tenants}
        shown = [
            {
                "id": books.connection_id if tenant == books.tenant_id else str(uuid5(NAMESPACE_URL, tenant)),
                "authEventId": event,
                "tenantId": tenant,
                "tenantType": "ORGANISATION",
                "tenantName": name,
                "createdDateUtc": at,
                "updatedDateUtc": at,
            }
            for tenant, name in tenants.items()
        ]
        return Answer(200, shown if asked.query.get("authEventId", event) == event else [])

    def token(books: Ledger, asked: Asked) -> Answer:
        return tokens.token_answer(asked, books.tokens, books.consents, books.client_id, books.client_secret)

    def revocation(books: Ledger, asked: Asked) -> Answer:
        return tokens.revocation_answer(asked, books.tokens, books.consents, books.client_id, books.client_secret)

    def page(method: str, act: Callable[[Ledger, Asked], Answer], source: str, query: tuple[str, ...] = ()) -> Route:
        return route(
            method,
            "/identity/connect/authorize",
            _on(town, act),
            source=source,
            query=query,
            shape=lambda body: [],  # a page has no fields
            is_token_call=True,
        )

    return [
        route(
            "POST",
            "/connect/token",
            _on(town, token),
            source="section 1.1 to 1.3; errors of 1.2",
            shape=TABLES.shape("Token"),
            is_token_call=True,
        ),
        route(
            "POST",
            "/connect/revocation",
            _on(town, revocation),
            source="section 1.1; xero-python's TokenApi.revoke_token",
            shape=lambda body: [],
            is_token_call=True,
        ),
        page("GET", authorize.question, "specs/xero/xero-identity.yaml authorizationUrl", authorize.PARAMETERS),
        # A browser with a sandbox's page posts its answer; the real form is not known. It may post to the same address.
        page("POST", authorize.answered, "ours: what a person presses; section 1.2", authorize.PARAMETERS),
        # The reference has the small letter, the vendor's identity file and its SDK the capital one.
        *(
            route(
                "GET",
                path,
                _on(town, connections),
                source="specs/xero/xero-identity.yaml; REC nango-connections",
                query=("authEventId",),
                shape=TABLES.shape("[Connection]"),
            )
            for path in ("/connections", "/Connections")
        ),
    ]


def _settings(town: Town) -> list[Route]:
    def columns(*names: str) -> dict[str, Column]:
        return {name: Column("text", lambda record, name=name: record.get(name)) for name in names}  # type: ignore[misc]

    moment = {"UpdatedDateUTC": Column("moment", lambda record: record["UpdatedDateUTC"])}

    def organisation(books: Ledger, asked: Asked) -> Answer:
        shown = reference_data.organisation_answer(books.organisation, books.created_at)
        return Answer(200, answers.envelope(books, "Organisations", [shown]))

    def actions(books: Ledger, asked: Asked) -> Answer:
        shown = [{"Name": name, "Status": status} for name, status in books.actions.items()]
        return Answer(200, answers.envelope(books, "Actions", shown))

    def accounts(books: Ledger, asked: Asked) -> Answer:
        known = columns("Code", "Name", "Type", "Class", "Status", "SystemAccount", "TaxType") | moment
        return listing.listed(
            books,
            asked,
            "Accounts",
            books.accounts,
            known,
            lambda account: reference_data.stamped([account])[0],
            lambda account: account["UpdatedDateUTC"],
            is_paged=False,
        )

    def plain(list_key: str, records: Callable[[Ledger], Any], *names: str) -> Handler:
        def act(books: Ledger, asked: Asked) -> Answer:
            return listing.listed(
                books, asked, list_key, records(books), columns(*names), lambda record: record, is_paged=False
            )

        return _on(town, act)

    def tracked(books: Ledger, asked: Asked) -> list[dict[str, Any]]:
        archived_too = is_true(asked.query.get("includeArchived"))
        return [c for c in books.tracking_categories if archived_too or c["Status"] == "ACTIVE"]

    def tracking(books: Ledger, asked: Asked) -> Answer:
        known = columns("Name", "Status")
        return listing.listed(
            books, asked, "TrackingCategories", tracked(books, asked), known, lambda c: c, is_paged=False
        )

    def get(path: str, handler: Handler, shape: str, source: str, query: tuple[str, ...] = ()) -> Route:
        return route("GET", f"{API}{path}", handler, source=source, query=query, shape=TABLES.shape(shape))

    return [
        get("/Organisation", _on(town, organisation), "Organisations", "REC docketworks-organisation-nz-demo"),
        get("/Organisation/Actions", _on(town, actions), "Actions", "SPEC example"),
        get("/Accounts", _on(town, accounts), "Accounts", "SPEC; REC nango-accounts-trimmed", _PLAIN),
        get(
            "/TaxRates",
            plain("TaxRates", lambda b: b.tax_rates.values(), "TaxType", "Status", "Name"),
            "TaxRates",
            "SPEC; REC docketworks-tax-rates-nz",
            _PLAIN,
        ),
        get("/Currencies", plain("Currencies", lambda b: b.currencies, "Code"), "Currencies", "SPEC example", _PLAIN),
        get(
            "/TrackingCategories",
            _on(town, tracking),
            "TrackingCategories",
            "SPEC example",
            (*_PLAIN, "includeArchived"),
        ),
    ]


def _items(town: Town) -> list[Route]:
    def call(
        method: str, path: str, act: Callable[[Ledger, Asked], Answer], source: str, query: tuple[str, ...] = ()
    ) -> Route:
        shape = TABLES.shape("Items")
        return route(method, f"{API}{path}", _on(town, act), source=source, query=("unitdp", *query), shape=shape)

    return [
        call("GET", "/Items", items.listed, "SPEC; REC nango-items-tracked-and-untracked-trimmed", _PLAIN),
        call("PUT", "/Items", items.create, "SPEC; REC nango-item-create", ("summarizeErrors",)),
        call("POST", "/Items", items.update_or_create, "SPEC; REC docketworks-item-update", ("summarizeErrors",)),
        call("GET", "/Items/{ItemID}", items.single, "SPEC; REC nango-item-get"),
        call("POST", "/Items/{ItemID}", items.update, "SPEC; REC nango-item-update"),
    ]


def _contacts(town: Town) -> list[Route]:
    listed = (*_PAGE, "IDs", "includeArchived", "summaryOnly", "searchTerm")

    def call(method: str, path: str, act: Callable[[Ledger, Asked], Answer], source: str, query: Any = ()) -> Route:
        shape = TABLES.shape("Contacts")
        return route(method, f"{API}{path}", _on(town, act), source=source, query=query, shape=shape)

    return [
        call("GET", "/Contacts", contact_calls.listed, "SPEC; REC nango-contacts-page-trimmed; section 6", listed),
        call("PUT", "/Contacts", contact_calls.create, "SPEC; REC nango-contact-create", ("summarizeErrors",)),
        call("POST", "/Contacts", contact_calls.update_or_create, "SPEC; section 6", ("summarizeErrors",)),
        call("GET", "/Contacts/{Contact}", contact_calls.single, "SPEC by id and by number; REC nango-contact-get"),
        call("POST", "/Contacts/{Contact}", contact_calls.update, "SPEC"),
    ]


def _documents(town: Town) -> list[Route]:
    write = ("summarizeErrors", "unitdp")
    sell = (*write, "allowBackorders")  # section 7; not in the stored OpenAPI file yet (Xero-OpenAPI #821)
    choose = ("IDs", "InvoiceNumbers", "ContactIDs", "Statuses", "includeArchived", "createdByMyApp")
    listed = (*_PAGE, *choose, "unitdp", "summaryOnly", "searchTerm")

    def call(
        method: str,
        path: str,
        act: Callable[[Ledger, Asked], Answer],
        source: str,
        query: tuple[str, ...] = (),
        shape: str = "",
    ) -> Route:
        judged = TABLES.shape(shape or path.split("/")[1])
        return route(method, f"{API}{path}", _on(town, act), source=source, query=query, shape=judged)

    note = "/CreditNotes/{CreditNoteID}"
    return [
        call("GET", "/Invoices", invoices.listed, "SPEC; REC nango-invoices-page-sales-mixed, -unpaged-...", listed),
        call("PUT", "/Invoices", invoices.create, "SPEC; REC docketworks-invoice-create", sell),
        call("POST", "/Invoices", invoices.update_or_create, "SPEC; REC nango-invoice-update", sell),
        call("GET", "/Invoices/{InvoiceID}", invoices.single, "SPEC example", ("unitdp",)),
        call("POST", "/Invoices/{InvoiceID}", invoices.update, "SPEC", ("unitdp",)),
        call("GET", "/Payments", payments.listed, "SPEC; REC nango-payments-page-trimmed", _PAGE),
        call("PUT", "/Payments", payments.create, "SPEC; REC nango-payment-create-...", ("summarizeErrors",)),
        call("POST", "/Payments", payments.create_single, "SPEC: one bare payment, no summarizeErrors"),
        call("GET", "/Payments/{PaymentID}", payments.single, "SPEC example"),
        call("POST", "/Payments/{PaymentID}", payments.take_back, "SPEC PaymentDelete"),
        call("GET", "/CreditNotes", credit_notes.listed, "SPEC; REC nango-credit-notes-page", (*_PAGE, "unitdp")),
        call("PUT", "/CreditNotes", credit_notes.create, "SPEC; REC nango-credit-note-create", write),
        call("POST", "/CreditNotes", credit_notes.update_or_create, "SPEC", write),
        call("GET", note, credit_notes.single, "SPEC example", ("unitdp",)),
        call("POST", note, credit_notes.update, "SPEC", ("unitdp",)),
        call("PUT", f"{note}/Allocations", credit_notes.allocate, "SPEC example", ("summarizeErrors",), "Allocations"),
        call("DELETE", f"{note}/Allocations/{{AllocationID}}", credit_notes.unallocate, "SPEC [U]", shape="Allocation"),
    ]


def _refused(books: Ledger, asked: Asked) -> Answer:
    """Every element of a writing call refused for a reason that no client can foresee; the sentence is ours."""
    list_key = next(name for name in reversed(_LISTS) if f"/{name}" in asked.path)
    sentence = [{"Message": "The sandbox was told to refuse this."}]
    elements = []
    for element in batches.elements_of(asked, list_key, may_be_bare=True):
        shown = {name: element[name] for name in ("InvoiceNumber", "CreditNoteNumber", "Name") if name in element}
        elements.append(shown | {"ValidationErrors": sentence})
    if is_true(asked.query.get("summarizeErrors", "true")):
        return batches.refused(elements)
    shown_errors = [element | {"StatusAttributeString": "ERROR"} for element in elements]
    envelope = answers.envelope(books, list_key, shown_errors)
    envelope["DateTimeUTC"] = dates.bare_stamp(books.clock.now())
    return Answer(200, envelope)
