"""A desk to call the shop from: JSON in, JSON out, with the token of the store."""

from __future__ import annotations

from typing import Any

import httpx
from xero_desk import Desk

from include.sandbox.order_builder import OrderBuilder, an_order
from include.sandbox.town import Town


class ShopDesk(Desk):
    """Calls the store of one town in process, as an integration would over HTTP."""

    def __init__(self, town: Town, token: str | None = None) -> None:
        super().__init__(town)
        self.headers["x-auth-token"] = token or town.shop.token

    def v2(self, resource: str, **query: Any) -> httpx.Response:
        """GET from V2."""
        return self.call("GET", f"/stores/{self.town.shop.store_hash}/v2/{resource}", params=query)

    def v3(self, resource: str, query: dict[str, Any] | None = None) -> httpx.Response:
        """GET from V3; its parameters have colons, so they come as a dict."""
        return self.call("GET", f"/stores/{self.town.shop.store_hash}/v3/{resource}", params=query or {})

    def ids(self, **query: Any) -> list[int]:
        """The ids of the orders that a list gives, none for 204."""
        answer = self.v2("orders", **query)
        if answer.status_code == 204:
            assert answer.content == b""
            return []
        assert answer.status_code == 200, answer.text
        return [order["id"] for order in answer.json()]

    def has(self, *orders: OrderBuilder | int) -> None:
        """Put orders into the shop: told ones, or plain ones by id."""
        for order in orders:
            self.town.shop.put((an_order(order) if isinstance(order, int) else order).build())
