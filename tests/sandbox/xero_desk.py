"""A desk to call the books from, and builders that say only what a test is about."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from include.sandbox.town import Town


class Desk:
    """Calls one town in process, as an integration would over HTTP; JSON in, JSON out."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.headers = {"accept": "application/json"}

    def sign_in(self, scope: str = "") -> None:
        """Take a token and carry it from now on."""
        form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        answer = self.call("POST", "/connect/token", data=form, auth=("sandbox-client", "sandbox-secret"))
        self.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        self.headers["xero-tenant-id"] = self.town.books.tenant_id

    def call(self, method: str, path: str, **how: Any) -> httpx.Response:
        """One request."""
        headers = self.headers | how.pop("headers", {})

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.town.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
                return await client.request(method, path, headers=headers, **how)

        return asyncio.run(ask())

    def get(self, resource: str, **query: Any) -> httpx.Response:
        """GET from the accounting API."""
        return self.call("GET", f"/api.xro/2.0/{resource}", params=query)

    def write(self, method: str, resource: str, body: Any, key: str | None = None, **query: Any) -> httpx.Response:
        """PUT or POST a JSON body to the accounting API."""
        headers = {"idempotency-key": key} if key is not None else {}
        return self.call(method, f"/api.xro/2.0/{resource}", json=body, params=query, headers=headers)

    def put_each(self, list_key: str, *elements: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        """PUT elements with summarizeErrors=false; gives them as answered."""
        answer = self.write("PUT", list_key, {list_key: list(elements)}, summarizeErrors="false", **query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()[list_key])

    def put_one(self, list_key: str, element: dict[str, Any], **query: Any) -> dict[str, Any]:
        """PUT one element; gives it as answered."""
        return self.put_each(list_key, element, **query)[0]


def messages(element: dict[str, Any]) -> list[str]:
    """What an element was refused for."""
    return [error["Message"] for error in element.get("ValidationErrors", [])]


def an_invoice(**changes: Any) -> dict[str, Any]:
    """One mug, 22.00 with 2.00 GST, approved. Say only what your test is about."""
    return {
        "Type": "ACCREC",
        "InvoiceNumber": "BC-1001",
        "Contact": {"Name": "Jane Doe"},
        "Date": "2026-05-13",
        "DueDate": "2026-05-13",
        "LineAmountTypes": "Inclusive",
        "Status": "AUTHORISED",
        "LineItems": [a_line()],
    } | changes


def a_line(**changes: Any) -> dict[str, Any]:
    """One mug for 22.00."""
    line = {"Description": "Mug", "Quantity": 1, "UnitAmount": 22, "AccountCode": "200", "TaxType": "OUTPUT"} | changes
    return {name: value for name, value in line.items() if value is not None}


def a_payment(**changes: Any) -> dict[str, Any]:
    """22.00 by card, for the mug."""
    return {
        "Invoice": {"InvoiceNumber": "BC-1001"},
        "Account": {"Code": "615-CARD"},
        "Date": "2026-05-13",
        "Amount": 22,
    } | changes
