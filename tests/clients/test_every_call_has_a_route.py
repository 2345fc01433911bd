"""Every call that a client can make is known to the sandbox, and there is none beside the list.

A call that the sandbox does not know is a call that no test has ever made: it is first tried on a merchant's books.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
from far_end import MAY, a_shop, a_token, json_bytes, the_books

from include.clients import bigcommerce, xero
from include.clients.sending import Call
from include.sandbox.town import Town

AN_ID = "60aa5d55-a47e-4665-a974-874bb50263b9"


def bare(path: str) -> str:
    """A path whose names do not matter: the sandbox may call them otherwise."""
    return re.sub(r"\{\w+\}", "{}", path)


def routes() -> set[tuple[str, str]]:
    return {(route.method, bare(route.path)) for service in Town().services for route in service.routes}


def calls_of(client: object) -> list[tuple[str, str]]:
    prefix = "/stores/{}" if client is bigcommerce else ""
    return [(call.method, prefix + bare(call.path)) for call in client.CALLS]


def test_every_call_has_a_sandbox_route():
    known = routes()

    for client in (bigcommerce, xero):
        for call in calls_of(client):
            assert call in known, f"{call}: find out what the vendor answers, and add a route with its source"


def test_the_lists_under_test_are_not_empty_and_hold_no_call_twice():
    for client, least in ((bigcommerce, 19), (xero, 23)):
        calls = calls_of(client)
        assert len(calls) == len(set(calls)) >= least
    assert len(routes()) >= 30


def test_the_lists_hold_every_call_that_the_clients_make():
    made: set[tuple[str, str]] = set()

    def far(request: httpx.Request) -> httpx.Response:
        path = request.url.path.replace("/stores/abc123", "/stores/{}").replace("/7", "/{}").replace(AN_ID, "{}")
        made.add((request.method, path))
        if request.url.path == "/connect/token":
            return a_token()
        kinds = ("Organisations", "Actions", "Accounts", "TaxRates", "Currencies", "Items", "TrackingCategories")
        lists = {kind: [] for kind in ("Contacts", "Invoices", "Payments", "CreditNotes", "Allocations")}
        if request.method in ("PUT", "POST"):
            stored = {"ContactID": "c", "InvoiceID": "i", "PaymentID": "p", "CreditNoteID": "n", "ItemID": "t"}
            lists = {kind: [stored] for kind in (*lists, "Items")}
        if request.url.path.endswith(("/orders", "/products", "/taxes", "/shipping_addresses", "/coupons")):
            return httpx.Response(204)
        if "/hooks" in request.url.path and request.method != "GET":
            a_hook = {"id": 7, "scope": "s", "destination": "d", "is_active": True, "headers": None}
            return httpx.Response(200, json={"data": a_hook})
        return httpx.Response(
            200,
            json={
                "id": 7,
                "time": 1,
                "data": [],
                "statuses": [],
                "count": 0,
                "transaction_id": "t",
                **{kind: [{}] for kind in kinds},
                **lists,
                **fees(request),
            },
        )

    def fees(request: httpx.Request) -> dict[str, object]:
        return {"fees": []} if request.url.path.endswith("/fees") else {}

    shop = a_shop(far)
    list(shop.orders(MAY, by="created"))
    shop.orders_placed(MAY)
    list(shop.refunds_since(datetime(2026, 5, 1, tzinfo=UTC)))
    for read in (
        shop.order,
        shop.products,
        shop.taxes,
        shop.shipping_addresses,
        shop.coupons,
        shop.fees,
        shop.transactions,
        shop.refunds,
        shop.metafields,
    ):
        read(7)
    list(shop.catalogue(MAY))
    list(shop.customers_changed(MAY))
    list(shop.inventory_items())
    shop.locations()
    for how in ("absolute", "relative"):
        shop.adjust_stock([{"location_id": 1, "sku": "MUG", "quantity": 3}], how=how, reason="test")
    hooked = "https://bridge.example.com"
    shop.hooks.listed()
    shop.hooks.make("store/order/created", hooked, {})
    shop.hooks.renew(7, {})
    shop.hooks.delete(7)
    shop.store()
    shop.time()
    books = the_books(far, all_calls=far)
    for read in (
        books.organisation,
        books.actions,
        books.accounts,
        books.tax_rates,
        books.currencies,
        books.items,
        books.tracking_categories,
    ):
        read()
    books.contacts_where(numbers=["bc:1"], emails=[])
    books.contacts_by_id([AN_ID])
    books.invoices_numbered(["BC-1"])
    books.invoices_by_id([AN_ID])
    books.payments_of([AN_ID])
    books.credit_notes_numbered(["CN-1"])
    for call in xero.WRITES:
        resource = call.path.removeprefix("/api.xro/2.0/").replace("{id}", AN_ID)
        books.write(call.method, resource, json_bytes({}), key="k")

    assert made == {*calls_of(bigcommerce), *calls_of(xero)}


def test_a_name_in_a_path_stays_one_segment():
    assert Call("GET", "/orders/{order_id}/taxes").at(order_id="../7?a=b") == "/orders/..%2F7%3Fa%3Db/taxes"
