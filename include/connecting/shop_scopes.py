"""Which scopes a BigCommerce token needs, what each is for, and whether a token has them: asked by a call that only it opens.

BigCommerce tells nobody which scopes a store-level token has; of an app's token it told once, with the token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from include.clients.after import after_bigcommerce
from include.clients.answers import Answer, Unreadable, json_in
from include.clients.errors import ApiError, NotAllowed, Refused
from include.clients.pacing import QuotaBudget, told_by_bigcommerce
from include.clients.sending import TIMEOUT, Line, door, header_word
from include.connecting.listening import Listening
from include.settings.store import Store

_NO_ORDER = 1
ONE_ROW = {"limit": 1}


@dataclass(frozen=True)
class Scope:
    """A scope, by a call that only it opens.

    panel       what to choose in the control panel
    granted_as  what BigCommerce calls it where it tells of an app's token; any one is enough (reference bigcommerce.md 1)
    """

    name: str
    path: str
    panel: str
    needed_for: str
    granted_as: tuple[str, ...]
    for_stock: bool = False
    for_customers: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)

    def is_needed(self, store: Store) -> bool:
        """Whether a flow that is on in this store needs it."""
        flows = store.file
        if self.for_customers:
            return flows.customers.enabled
        return not self.for_stock or flows.stock.enabled or (self.name == "products" and flows.products.enabled)


SCOPES = (
    Scope(
        "information",
        "/v2/store",
        "Information & settings: read-only",
        "currency, time zone and clock",
        ("store_v2_information_read_only", "store_v2_information"),
    ),
    Scope(
        "orders",
        "/v2/orders",
        "Orders: read-only",
        "orders and refunds",
        ("store_v2_orders_read_only", "store_v2_orders"),
        params={**ONE_ROW, "sort": "id:desc"},
    ),
    Scope(
        "transactions",
        "/v3/orders/{order}/transactions",
        "Order transactions: read-only",
        "payments",
        ("store_v2_transactions_read_only", "store_v2_transactions"),
    ),
    Scope(
        "products",
        "/v3/catalog/products",
        "Products: read-only",
        "items and stock",
        ("store_v2_products_read_only", "store_v2_products"),
        for_stock=True,
        params=ONE_ROW,
    ),
    Scope(
        "inventory",
        "/v3/inventory/items",
        "Store inventory: modify",
        "stock",
        ("store_inventory",),
        for_stock=True,
        params=ONE_ROW,
    ),
    Scope(
        "locations",
        "/v3/inventory/locations",
        "Store locations: read-only",
        "stock",
        ("store_locations_read_only", "store_locations"),
        for_stock=True,
    ),
    Scope(
        "customers",
        "/v3/customers",
        "Customers: read-only",
        "contacts of customers",
        ("store_v2_customers_read_only", "store_v2_customers"),
        for_customers=True,
        params=ONE_ROW,
    ),
)


def lacking(granted: str, scopes: Iterable[Scope] = SCOPES) -> list[Scope]:
    """Of these scopes those that a token does not have. granted: as BigCommerce told, names with blanks between."""
    has = set(granted.split())
    return [scope for scope in scopes if not has.intersection(scope.granted_as)]


class Asking:
    """GETs of one store, by any path, with the client's own way of sending: retries, limits, no secret in an error."""

    def __init__(self, *, base_url: str, store_hash: str, access_token: str) -> None:
        self.listening = Listening()
        headers = {
            "X-Auth-Token": header_word(access_token, "the access token"),
            "Accept": "application/json",
            "User-Agent": "bigcommerce-xero-bridge",
        }
        http = httpx.Client(headers=headers, timeout=TIMEOUT, transport=self.listening, follow_redirects=False)
        self._root = f"{door(base_url)}/stores/{quote(store_hash, safe='')}"
        self._line = Line(
            http,
            after=after_bigcommerce,
            pace=QuotaBudget(),
            hear=told_by_bigcommerce,
            secrets=lambda: (access_token,),
        )

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """The answer's JSON; None for an empty list, which V2 says with 204. Raises ApiError."""
        request = self._line.http.build_request("GET", self._root + path, params=dict(params))
        return self._line.send(request, _content)

    def close(self) -> None:
        """Close the connections."""
        self._line.http.close()


def _content(answer: Answer) -> Any:
    if answer.status == 204:
        return None
    content = json_in(answer)
    if not isinstance(content, dict | list):
        raise Unreadable("sent neither an object nor a list")
    return content


@dataclass
class Looked:
    """What the calls of the scopes brought.

    answers  by the scope's name, its JSON
    refused  by the scope's name, what kept it from answering
    stopped  set where nothing more was asked: the token or the address is wrong; `is_token` says which
    """

    answers: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, ApiError] = field(default_factory=dict)
    stopped: ApiError | None = None
    is_token: bool = False

    def lacks(self, scopes: Sequence[Scope] = SCOPES) -> list[Scope]:
        """The scopes that BigCommerce refused; a call that only failed says nothing of its scope."""
        return [scope for scope in scopes if isinstance(self.refused.get(scope.name), NotAllowed)]


def look(asking: Asking, scopes: Iterable[Scope] = SCOPES) -> Looked:
    """Ask for each scope, a call each."""
    seen = Looked()
    for scope in scopes:
        order = _newest(seen.answers.get("orders"))
        try:
            seen.answers[scope.name] = asking.get(scope.path.format(order=order), scope.params)
        except Refused as error:
            # The order that nobody has is a 404; the scope was looked at first (reference bigcommerce.md 1).
            if error.status == 404 and scope.name == "transactions":
                seen.answers[scope.name] = None
            else:
                seen.refused[scope.name] = error
        except NotAllowed as error:
            seen.refused[scope.name] = error
            if not seen.answers and "(403)" not in str(error):
                seen.stopped, seen.is_token = error, True
                return seen
        except ApiError as error:
            if not seen.answers and not seen.refused:
                seen.stopped = error
                return seen
            seen.refused[scope.name] = error
    return seen


def _newest(orders: Any) -> int:
    row = orders[0] if isinstance(orders, list) and orders else {}
    number = row.get("id") if isinstance(row, dict) else None
    return number if isinstance(number, int) else _NO_ORDER
