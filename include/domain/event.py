"""What a vendor's webhook says: something of a subject changed. It carries no data; who is woken by it asks the vendor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Vendor = Literal["bigcommerce", "xero"]
Kind = Literal["order", "product", "customer", "stock", "document"]
ALL = "*"  # the subject of stock: a run of its flow looks at every level


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    scope        as the vendor names it: `store/order/updated`, `INVOICE/UPDATE`
    kind, key    what changed: an order by its number; `document` is whatever stands in Xero under this id
    digest       of what makes it this event: delivered twice, it is the same
    happened_at  by the vendor's clock; None where it does not say
    """

    vendor: Vendor
    scope: str
    kind: Kind
    key: str
    digest: bytes
    happened_at: datetime | None
