"""A webhook of BigCommerce as an event of ours (reference bigcommerce.md 9; docs/integrations/webhooks/events).

It carries numbers only. Unknown fields are let pass; an unknown scope, or one without its number, is no event of ours.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from include.domain.event import ALL, Event, Kind

# What a scope begins with, and whose number the data holds. The longest that fits counts.
SCOPES: Mapping[str, tuple[Kind, str]] = {
    "store/order/": ("order", "id"),
    "store/order/transaction/": ("order", "order_id"),  # as text, unlike all others
    "store/product/": ("product", "id"),
    "store/product/inventory/": ("stock", "id"),
    "store/sku/": ("product", "product_id"),
    "store/sku/inventory/": ("stock", "product_id"),
    "store/customer/": ("customer", "id"),
    "store/customer/address/": ("customer", "customer_id"),  # `id` is the address's own
    "store/channel/*/inventory/": ("stock", "product_id"),
    "store/channel/*/order/": ("order", "id"),
}
_SCOPE = re.compile(r"[a-zA-Z0-9_*/]{1,99}")  # what may stand in a row
_CHANNEL = re.compile(r"^store/channel/\d+/")
NUMBER_MAX = 2**63 - 1  # what our tables hold
CREATED_MAX = 32503680000  # the year 3000


def event_of(said: Any) -> Event | None:
    """The event in a parsed body; None for one that is none of ours."""
    if not isinstance(said, Mapping) or not isinstance(data := said.get("data"), Mapping):
        return None
    scope = said.get("scope")
    if not isinstance(scope, str) or not _SCOPE.fullmatch(scope):
        return None
    named_so = _CHANNEL.sub("store/channel/*/", scope)
    fits = [begin for begin in SCOPES if named_so.startswith(begin)]
    if not fits:
        return None
    kind, named = SCOPES[max(fits, key=len)]
    number = _number(_found(data, named))
    if number is None:
        return None
    created = _number(said.get("created_at"))
    what = (str(said.get("hash"))[:128], scope, str(number), str(created))
    return Event(
        vendor="bigcommerce",
        scope=scope,
        kind=kind,
        key=ALL if kind == "stock" else str(number),
        digest=hashlib.sha256("\0".join(what).encode("utf-8", "replace")).digest(),
        happened_at=datetime.fromtimestamp(created, UTC) if created is not None and created < CREATED_MAX else None,
    )


def producer_of(said: Any) -> str:
    """The store that it says it is from: `stores/abc123`."""
    return str(said.get("producer") or "") if isinstance(said, Mapping) else ""


def _found(data: Mapping[str, Any], named: str) -> Any:
    """A field of the data, or of the part that the event is about: a SKU's product, an address's customer."""
    if named in data:
        return data[named]
    for part in ("inventory", "sku", "address"):
        inner = data.get(part)
        if isinstance(inner, Mapping) and named in inner:
            return inner[named]
    return None


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 <= value <= NUMBER_MAX else None
