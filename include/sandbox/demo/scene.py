"""What a demo order is: its story, when it was placed, how it was told, and what the books must show of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from include.sandbox.order_builder import JsonObject, OrderBuilder, an_order

Expected = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """One order of the demo shop.

    days_ago, at   when it was placed, in UTC, before the day that the clock shows
    told           takes the placed order, and the moment, and tells the rest
    expected       outcome, and what the books show; see the package
    """

    story: str
    days_ago: int
    at: str
    told: Callable[[OrderBuilder, datetime], OrderBuilder]
    expected: Expected = field(default_factory=dict)

    def placed_at(self, now: datetime) -> datetime:
        """When the order was placed, as seen from `now`."""
        day = now.astimezone(UTC).date() - timedelta(days=self.days_ago)
        return datetime.combine(day, time.fromisoformat(self.at), UTC)

    def bundle(self, order_id: int, now: datetime) -> JsonObject:
        """The order as the shop states it."""
        moment = self.placed_at(now)
        return self.told(an_order(order_id).placed(moment), moment).build()


def posted(total: str, status: str = "PAID", *, paid: str | None = None, **more: Any) -> Expected:
    """In the books with this total; `paid` unsaid is the total when PAID, and nothing otherwise."""
    received = paid if paid is not None else (total if status == "PAID" else "0.00")
    return {"outcome": "posted", "total": total, "invoice_status": status, "paid": received, **more}


def held(reason: str | None, **more: Any) -> Expected:
    """Waits for a person. A reason of None: accounting.md does not name one for this."""
    return {"outcome": "held", "reason": reason, **more}


def skipped(reason: str) -> Expected:
    """Rightly not in the books."""
    return {"outcome": "skipped", "reason": reason}
