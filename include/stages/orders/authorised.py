"""Orders whose money is reserved and not taken: looked at again, since no date may tell of the capture (accounting.md 7).

Whether an order's `date_modified` moves on a capture is not known. The distance grows: a shop that captures at once
does so within the hour, one that packs first within days, and no provider holds an authorisation for longer than a
month (cards 7 days, PayPal 29). A look costs two calls, the order and its transactions: an order captured on its second
day costs eight, one that never is sixty-four.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from include.database.connection import Database
from include.domain.order import Order
from include.domain.outcome import Skip
from include.domain.plan import Plan
from include.domain.policy import Policy
from include.domain.receipt import may_still_be_captured, money_of
from include.settings.store import Store
from include.stages.orders.run import look_again

DAYS_MAX = 30
# After the order was placed: soon, then once a day.
LOOKS = (timedelta(hours=1), timedelta(hours=6), *(timedelta(days=days) for days in range(1, DAYS_MAX + 1)))


def look_again_at_authorised(
    db: Database, store: Store, policy: Policy, planned: Iterable[tuple[Order, Plan]], now: datetime | None = None
) -> None:
    """Make due each of these orders whose money is authorised and not all taken, inside the caller's transaction.

    An order that is skipped (cancelled, before the start, a test) and one whose payment is void are not looked at.
    """
    now = now or datetime.now(UTC)
    for order, plan in planned:
        if isinstance(plan.documents[0].decision, Skip) or order.payment_status == "void":
            continue
        after = next_look(order.created_at, now)
        waits = money_of(order, policy).authorised_only or may_still_be_captured(order)
        if after is not None and waits:
            look_again(db, store, str(order.id), "authorised", after)


def next_look(placed_at: datetime, now: datetime) -> timedelta | None:
    """How long to wait for the next look; None when the order is older than any authorisation."""
    age = now - placed_at
    return next((look - age for look in LOOKS if look > age), None)
