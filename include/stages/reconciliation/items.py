"""The items of a day: each order's sale, each refund, each payment, with its three sides."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from include.domain.money import ZERO
from include.domain.order import Refund
from include.domain.reconciliation import What
from include.domain.reconciling import ON_ITS_WAY, WAITS_BY_RULE, InShop, InXero, Item, as_posted
from include.stages.orders.planning import Planner
from include.stages.reconciliation.asking import Known, Read, ShopSaid
from include.stages.reconciliation.books_side import Books, in_xero, whole_in_xero
from include.stages.reconciliation.days import TheDay
from include.stages.reconciliation.demanding import Demand, sold_of
from include.stages.reconciliation.ledger import PAID_OUT, Key, Ledger, Linked

_WHAT: dict[str, What] = {"invoice": "sales", "credit_note": "refunds", "payment": "payments", PAID_OUT: "payments"}


@dataclass(frozen=True, slots=True)
class Sides:
    """All that was heard of a day.

    reads, demands  by order: as it is today where it was asked anew, else as it was read last
    gone            orders that the shop does not have any more
    looked_at       when the moving window last looked, for orders and for refunds; None: never
    """

    the_day: TheDay
    said: ShopSaid
    known: Mapping[int, Known]
    reads: Mapping[int, Read]
    demands: Mapping[int, Demand]
    gone: frozenset[int]
    ledger: Ledger
    books: Books
    planner: Planner
    base_currency: str
    looked_at: datetime | None
    refunds_looked_at: datetime | None
    refunds_seen: Mapping[str, datetime | None]


def items_of(sides: Sides) -> list[Item]:
    """Every item of the day."""
    found = [*_sales(sides), *_refunds(sides), *_money(sides)]
    return [*found, *_days_that_differ(sides)]


def skipped_of(sides: Sides) -> dict[str, int]:
    """The shop's orders of the day that rightly stay out of the books, by reason."""
    counted = Counter(
        demand.skipped
        for key, demand in sides.demands.items()
        if demand.skipped and key in sides.said.heads and _placed(sides, key) == sides.the_day.day
    )
    if sides.said.unread:
        counted["unreadable_refund"] = sides.said.unread
    return dict(sorted(counted.items()))


def _sales(sides: Sides) -> Iterator[Item]:
    dated = {each.order_key for each in sides.ledger.all() if each.kind == "invoice" and _is_of_the_day(sides, each)}
    for order in sorted({*sides.said.heads, *dated}):
        linked = list(sides.ledger.linked.get((order, "invoice", "1"), ()))
        first = linked[0] if linked else None
        item = _item(sides, (order, "invoice", "1"), first)
        more = sum((each.amount for each in linked[1:]), ZERO)
        if order in sides.said.heads:
            yield replace(item, shop=_sold(sides, order, linked, more))
        elif order in sides.gone:
            yield replace(item, shop=None, deleted=True)
        else:
            yield as_posted(item, sides.known[order].placed_in_shop if order in sides.known else None)
        for each in linked[1:]:  # what an edit added to a day that was posted already; the order itself is counted once
            yield replace(as_posted(_item(sides, each.key, each), each.day), counts=False)


def _sold(sides: Sides, order: int, linked: list[Linked], more: Decimal) -> InShop | None:
    demand = sides.demands[order]
    changed = bool(linked) and demand.facts != linked[-1].source_hash
    sale = demand.sale
    if sale is None and linked and (not changed or (order, "credit_note", "cancelled") in sides.ledger.linked):
        # What was posted and did not change stays, whatever settings say today (T7); a closed month's sale is credited.
        sale = sold_of(sides.reads[order], sides.planner)
    if sale is None:
        return None
    day = _placed(sides, order)
    recent = _is_after(demand.modified_at, sides.looked_at)
    return InShop(sale - more, day, changed=changed, recent=recent, accepted=demand.accepted)


def _refunds(sides: Sides) -> Iterator[Item]:
    day = sides.the_day.day
    for refund_id, (order, refund) in sorted(sides.said.refunds.items()):
        key = (order, "credit_note", str(refund_id))
        linked = next(iter(sides.ledger.linked.get(key, ())), None)
        if linked is None and _stays_out(sides, order, key):
            continue
        yield replace(_item(sides, key, linked), shop=_refunded(sides, order, refund))
    asked = {(order, str(refund_id)) for refund_id, (order, _) in sides.said.refunds.items()}
    for linked in sorted(sides.ledger.all(), key=lambda each: each.key):
        if (
            linked.kind != "credit_note"
            or (linked.order_key, linked.part) in asked
            or not _is_of_the_day(sides, linked)
        ):
            continue
        item = _item(sides, linked.key, linked)
        made = sides.refunds_seen.get(linked.part)
        if made is not None and sides.the_day.is_meant(made):
            yield replace(item, shop=None, deleted=True)  # the list would show it
        else:
            yield as_posted(item, None if linked.part.isdigit() else day)


def _refunded(sides: Sides, order: int, refund: Refund) -> InShop:
    made = refund.created_at
    assert made is not None  # one without a date is of no day, and was not taken
    decided = any(
        (row["kind"], row["part"]) == ("credit_note", str(refund.id))
        for row in sides.planner.known.decisions.get(order, ())
    )
    recent = _is_after(made, sides.refunds_looked_at)
    return InShop(refund.total, sides.the_day.in_shop(made), recent=recent, accepted=decided)


def _money(sides: Sides) -> Iterator[Item]:
    """Money moves on a day of the organisation's, whatever the shop's zone."""
    for order, demand in sorted(sides.demands.items()):
        for (kind, part), (amount, day) in sorted(demand.money.items()):
            key = (order, kind, part)
            linked = next(iter(sides.ledger.linked.get(key, ())), None)
            recent = _is_after(demand.modified_at, sides.looked_at)
            shop = InShop(amount, linked.day if linked is not None else day, recent=recent, accepted=demand.accepted)
            yield replace(_item(sides, key, linked), shop=shop)
    for linked in sorted(sides.ledger.all(), key=lambda each: (each.key, each.change)):
        if _WHAT.get(linked.kind) != "payments" or _is_demanded(sides, linked):
            continue
        item = _item(sides, linked.key, linked)
        if linked.order_key in sides.gone:
            yield replace(item, shop=None, deleted=True)
        elif _is_certain(sides, linked):
            yield replace(item, shop=None)
        else:
            yield as_posted(item, linked.day)


def _is_demanded(sides: Sides, linked: Linked) -> bool:
    demand = sides.demands.get(linked.order_key)
    first = sides.ledger.linked[linked.key][0] is linked
    return demand is not None and first and (linked.kind, linked.part) in demand.money


def _is_certain(sides: Sides, linked: Linked) -> bool:
    """Whether the shop was asked about this order, and surely does not show this money."""
    demand = sides.demands.get(linked.order_key)
    first = sides.ledger.linked[linked.key][0] is linked
    return (
        first and demand is not None and demand.certain and not demand.skipped and linked.order_key in sides.said.heads
    )


def _days_that_differ(sides: Sides) -> Iterator[Item]:
    """A document that sums up a day and comes to something else in Xero: what is too much or too little, beside its orders."""
    seen: dict[str, Linked] = {each.xero_id: each for each in sides.ledger.all() if each.in_a_day}
    for _, linked in sorted(seen.items()):
        whole = whole_in_xero(linked, sides.books)
        if linked.day != sides.the_day.day or whole is None or whole == linked.whole:
            continue
        sign = -1 if linked.kind == PAID_OUT else 1
        item = _item(sides, (0, linked.kind, ""), replace(linked, amount=ZERO))
        there = InXero(sign * (whole - linked.whole), sides.the_day.day, account=linked.account)
        yield replace(as_posted(item, linked.day), order_key="", xero=there, counts=False)


def _item(sides: Sides, key: Key, linked: Linked | None) -> Item:
    order, kind, _ = key
    demand = sides.demands.get(order)
    currency = linked.currency if linked is not None else demand.currency if demand is not None else sides.base_currency
    return Item(
        order_key=str(order),
        what=_WHAT[kind],
        currency=currency,
        shop=None,
        ledger=sides.ledger.side(key, linked),
        xero=in_xero(linked, sides.books) if linked is not None else None,
    )


def _is_of_the_day(sides: Sides, linked: Linked) -> bool:
    """Whether our link or Xero dates it on the day."""
    there = in_xero(linked, sides.books)
    return sides.the_day.day in (linked.day, there.day if there is not None else None)


def _placed(sides: Sides, order: int) -> date:
    read = sides.reads.get(order)
    created = getattr(read, "created_at", None)
    return sides.the_day.in_shop(created) if created is not None else sides.the_day.day


def _stays_out(sides: Sides, order: int, refund: Key) -> bool:
    """Whether a refund is rightly not in the books: its order is not, or a person left it out."""
    for key in (refund, (order, "invoice", "1")):
        outcome = sides.ledger.outcomes.get(key)
        if outcome is not None:
            return outcome["outcome"] == "skipped" and outcome["reason"] not in (*WAITS_BY_RULE, *ON_ITS_WAY)
    return order in sides.demands and bool(sides.demands[order].skipped)


def _is_after(moment: datetime | None, looked_at: datetime | None) -> bool:
    return moment is not None and looked_at is not None and moment > looked_at


def orders_in(items: Iterable[Item]) -> int:
    """How many orders the shop sold."""
    return sum(1 for each in items if each.what == "sales" and each.counts and each.shop is not None)
