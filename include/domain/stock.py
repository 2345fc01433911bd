"""How much of a SKU the shop may sell (accounting.md 8): what Xero has, less what is sold and not yet seen there.

Pushing Xero's quantity itself would sell goods twice: Xero lowers it when an invoice is approved, the shop at the order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from include.domain.order import Order, Status
from include.domain.outcome import Hold, Skip

NEVER_SOLD = (Status.INCOMPLETE, Status.CANCELLED, Status.DECLINED, Status.REFUNDED)
SHARE_FROM = 20  # items: below it, one changed item is already a large share


@dataclass(frozen=True, slots=True)
class StockPolicy:
    """A store's decisions about stock.

    safety       units that are never offered, of every SKU
    guard_share  0 to 1; more items changed at once wait for a person
    """

    location_id: int
    safety: int = 0
    guard_share: Decimal = Decimal("0.5")
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """One tracked item as both sides state it.

    in_xero      QuantityOnHand, may have a fraction and may be negative
    pending      units in the shop's orders whose approval in Xero is not confirmed
    in_store     the shop's units on hand at the location; None where the shop does not sell the SKU
    first_use    whether this location was never set by us: the vendor wants an absolute adjustment first
    settling     whether an adjustment of ours may not show yet: the difference would be added a second time
    """

    sku: str
    item_id: str
    in_xero: Decimal
    pending: int
    in_store: int | None
    first_use: bool
    sold_this_week: bool = False
    settling: bool = False

    @property
    def target_before_safety(self) -> int:
        """What is there and not promised, never below nothing."""
        return max(0, int(self.in_xero.to_integral_value(ROUND_FLOOR)) - self.pending)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What the shop is told. quantity: the level itself (absolute), or by how much it moves (relative)."""

    sku: str
    location_id: int
    how: Literal["absolute", "relative"]
    quantity: int


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on one SKU, in words, with the target that led to it. No decision: nothing differs."""

    seen: Seen
    target: int
    decision: Adjustment | Skip | Hold | None
    words: str = ""


def pending_units(orders: Iterable[Order], approved: frozenset[int]) -> Counter[str]:
    """Units by SKU in orders that the shop counts as sold and Xero does not yet.

    approved   the orders whose invoice was approved in Xero before its items were asked
    """
    units: Counter[str] = Counter()
    for order in orders:
        if order.id in approved or order.status is None or order.status in NEVER_SOLD:
            continue
        for line in order.lines:
            if line.sku and line.quantity > 0:
                units[line.sku] += line.quantity
    return units


def decide(seen: Sequence[Seen], policy: StockPolicy) -> list[Decided]:
    """One decision a SKU. A change that is too large for a healthy feed is held whole: it must not empty a shop."""
    first = [_decide_one(each, policy) for each in seen]
    changed = [each for each in first if isinstance(each.decision, Adjustment)]
    sold = [each for each in first if each.seen.in_store is not None]
    beginning = all(each.seen.first_use for each in changed)
    if len(sold) >= SHARE_FROM and len(changed) > policy.guard_share * len(sold) and not beginning:
        words = f"{len(changed)} of {len(sold)} items would change at once, more than {policy.guard_share:.0%}."
        return [_held(each, words) if isinstance(each.decision, Adjustment) else each for each in first]
    return [
        _held(each, f"{each.seen.sku} sold this week and would go to 0.")
        if isinstance(each.decision, Adjustment)
        and each.target == 0
        and each.seen.sold_this_week
        and each.seen.in_store
        else each
        for each in first
    ]


def _decide_one(seen: Seen, policy: StockPolicy) -> Decided:
    target = max(0, seen.target_before_safety - policy.safety)
    if seen.in_store is None:
        return Decided(seen, target, Skip("not_in_store", f"The shop has no stock row of {seen.sku}."))
    words = _words(seen, target, policy)
    if target == seen.in_store:
        return Decided(seen, target, None, words)
    if seen.settling:
        return Decided(seen, target, Skip("settling", f"Adjusted lately, and the shop does not show it yet. {words}"))
    if seen.first_use:
        return Decided(seen, target, Adjustment(seen.sku, policy.location_id, "absolute", target), words)
    move = target - seen.in_store
    return Decided(seen, target, Adjustment(seen.sku, policy.location_id, "relative", move), words)


def _held(decided: Decided, words: str) -> Decided:
    figures = {"shop": str(decided.seen.in_store), "would be": str(decided.target)}
    hold = Hold("anomaly", f"{words} {decided.words}", figures, "Look at Xero's quantity, then release it.")
    return Decided(decided.seen, decided.target, hold, decided.words)


def _words(seen: Seen, target: int, policy: StockPolicy) -> str:
    safety = f" less {policy.safety} kept back" if policy.safety else ""
    pending = f" less {seen.pending} sold and not yet in Xero" if seen.pending else ""
    return f"{seen.in_xero.normalize():f} in Xero{pending}{safety} = {target}; the shop has {seen.in_store}."
