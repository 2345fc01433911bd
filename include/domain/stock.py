"""How much of a SKU the shop may sell (accounting.md 8): what the source has, less what is sold and not yet seen there.

Pushing the source's quantity itself would sell goods twice: Xero lowers it when an invoice is approved, the shop at the order.

An item is what the source counts, a SKU what the shop sells. They are one as a rule; a kit is a SKU that takes several
items, and two SKUs may be one item. Whatever is offered under all SKUs together is never more than there is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from include.domain.money import ZERO
from include.domain.order import Line, Order, Status
from include.domain.outcome import Hold, Skip

NEVER_SOLD = (Status.INCOMPLETE, Status.CANCELLED, Status.DECLINED)
SHARE_FROM = 20  # items: below it, one changed item is already a large share
UNSTEADY_AFTER = 3  # runs in a row that found another level than ours and its sales: somebody else sets it too


@dataclass(frozen=True, slots=True)
class Kit:
    """A SKU that is sold as several items. offer: how many are set aside for it at most, so that no part is sold twice."""

    parts: Mapping[str, int]  # at least one
    offer: int


@dataclass(frozen=True, slots=True)
class StockPolicy:
    """A store's decisions about stock.

    location_id  the location that orders are sent from; kits are offered there alone
    locations    all that are set, in the order in which what is sold and not seen yet is taken from them
    elsewhere    locations whose levels people keep, and that the source's quantity includes
    safety       units of each item that are never offered, by item where `safety_of` names it
    guard_share  0 to 1; more items changed at once wait for a person
    empty_share  0 to 1; more items to nothing at once wait for a person
    item_codes   SKU -> the item that it is, where they differ
    restocks     whether a refund brings the goods back by itself; the shop never says so
    """

    location_id: int
    locations: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    safety: int = 0
    safety_of: Mapping[str, int] = field(default_factory=dict)
    guard_share: Decimal = Decimal("0.5")
    empty_share: Decimal = Decimal("0.2")
    kits: Mapping[str, Kit] = field(default_factory=dict)
    item_codes: Mapping[str, str] = field(default_factory=dict)
    restocks: bool = False
    dry_run: bool = True

    @property
    def places(self) -> tuple[int, ...]:
        """All locations that are set, the one that orders are sent from first."""
        return (self.location_id, *(each for each in self.locations if each != self.location_id))

    def kept_back(self, code: str) -> int:
        """The units of an item that are never offered."""
        return self.safety_of.get(code, self.safety)

    def items_of(self, sku: str) -> Mapping[str, int]:
        """The items that one unit of a SKU takes."""
        kit = self.kits.get(sku)
        return kit.parts if kit is not None else {self.item_codes.get(sku, sku): 1}


@dataclass(frozen=True, slots=True)
class Seen:
    """One SKU at one location, as both sides state it.

    code         the item that it is; empty for a kit
    in_xero      what the source has on hand there; may have a fraction, may be negative; None for a kit
    pending      units of the item in the shop's orders that the source has not seen, of all locations and SKUs
    in_store     the shop's units on hand at the location; None where the shop does not sell the SKU there
    elsewhere    units of the item at locations that people keep, which the source's quantity includes
    first_use    whether this location was never set by us: the vendor wants an absolute adjustment first
    settling     whether an adjustment of ours may not show yet: the difference would be added a second time
    shop_safety  what the shop itself keeps back: below it a relative adjustment is refused (bigcommerce.md 8)
    drift        by how much the level moved without a sale or an adjustment of ours
    unsteady     in how many runs in a row it did
    gone         whether we set it before and the source does not name it any more
    closed       whether the shop's location is disabled: nothing can be set there
    released     whether a person let this change through
    """

    sku: str
    item_id: str
    in_xero: Decimal | None
    pending: int
    in_store: int | None
    first_use: bool
    sold_this_week: bool = False
    settling: bool = False
    location_id: int = 1
    code: str = ""
    elsewhere: int = 0
    shop_safety: int = 0
    drift: int = 0
    unsteady: int = 0
    gone: bool = False
    closed: bool = False
    released: bool = False


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


def pending_units(orders: Iterable[Order], approved: frozenset[int], policy: StockPolicy) -> Counter[str]:
    """Units by item in orders that the shop counts as sold and the source does not yet.

    approved   the orders that the source had seen before it was asked: invoiced and approved in Xero, or off its shelves
    """
    units: Counter[str] = Counter()
    for order in orders:
        if order.id in approved or order.status is None or order.status in NEVER_SOLD:
            continue
        if order.status is Status.REFUNDED and policy.restocks:
            continue
        for line in sold_lines(order):
            for code, each in policy.items_of(line.sku).items():
                units[code] += each * line.quantity
    return units


def sold_lines(order: Order) -> Iterator[Line]:
    """The lines of an order that take something off a shelf."""
    return (line for line in order.lines if line.sku and line.quantity > 0)


def decide(seen: Sequence[Seen], policy: StockPolicy) -> list[Decided]:
    """One decision a SKU and location. A change too large for a healthy feed is held whole: it must not empty a shop."""
    offered = offers(seen, policy)
    first = [_decide_one(each, offered[each.sku, each.location_id], policy) for each in seen]
    return [_guarded(each, *_alarms(first, policy)) for each in first]


def offers(seen: Sequence[Seen], policy: StockPolicy) -> dict[tuple[str, int], int]:
    """What each SKU may offer at each location: kits first, up to what is set aside, then SKUs of one item alike."""
    left = _left(seen, policy)
    result: dict[tuple[str, int], int] = {}
    by_item: dict[tuple[str, int], list[Seen]] = defaultdict(list)
    for each in sorted(seen, key=lambda each: each.sku):
        if each.sku in policy.kits and not each.gone:
            result[each.sku, each.location_id] = _take_kits(policy.kits[each.sku], each, left)
        else:
            by_item[each.code or each.sku, each.location_id].append(each)
    for place, sharing in by_item.items():
        selling = [each for each in sharing if each.in_store is not None] or sharing
        share, over = divmod(left.get(place, 0), len(selling))
        for each in sharing:
            result[each.sku, each.location_id] = 0
        for rank, each in enumerate(selling):
            result[each.sku, each.location_id] = share + (rank < over)
    return result


def _left(seen: Sequence[Seen], policy: StockPolicy) -> dict[tuple[str, int], int]:
    """What may be sold of each item at each location, before it is shared out. What is pending leaves the first that has it."""
    found: dict[str, dict[int, Seen]] = defaultdict(dict)
    for each in seen:
        if each.in_xero is not None:  # None of a kit, and of what its source does not name any more
            found[each.code or each.sku].setdefault(each.location_id, each)
    known = {at: rank for rank, at in enumerate(policy.places)}
    left: dict[tuple[str, int], int] = {}
    for code, places in found.items():
        first = next(iter(places.values()))
        owed = first.pending + policy.kept_back(code) + first.elsewhere
        for location_id in sorted(places, key=lambda at: known.get(at, len(known))):
            there = max(0, int((places[location_id].in_xero or ZERO).to_integral_value(ROUND_FLOOR)))
            taken = min(there, max(0, owed))
            owed -= taken
            left[code, location_id] = there - taken
    return left


def _take_kits(kit: Kit, each: Seen, left: dict[tuple[str, int], int]) -> int:
    """How many of the kit can be set aside; its parts are taken from what is left. None where the shop does not stock it."""
    if each.in_store is None:
        return 0
    whole = min(left.get((code, each.location_id), 0) // units for code, units in kit.parts.items())
    made = min(kit.offer, whole)
    for code, units in kit.parts.items():
        if made:
            left[code, each.location_id] -= made * units
    return made


def _decide_one(seen: Seen, target: int, policy: StockPolicy) -> Decided:
    if seen.gone:
        words = f"{seen.sku} was set from the source before, and the source does not name it any more."
        return Decided(seen, target, Hold("anomaly", words, {}, "Bring it back there, or let it go by releasing it."))
    if seen.in_store is None:
        return Decided(seen, target, Skip("not_in_store", f"The shop has no stock row of {seen.sku}."))
    words = _words(seen, target, policy)
    if target == seen.in_store:
        return Decided(seen, target, None, words)
    if seen.closed:
        return Decided(seen, target, Skip("location_closed", f"Location {seen.location_id} is disabled. {words}"))
    if seen.settling:
        return Decided(seen, target, Skip("settling", f"Adjusted lately, and the shop does not show it yet. {words}"))
    if seen.unsteady >= UNSTEADY_AFTER and not seen.released:
        sentence = f"{seen.sku} does not stay as we set it, {seen.unsteady} runs in a row. {words}"
        return Decided(seen, target, Hold("level_unsteady", sentence))
    if seen.first_use or target <= seen.shop_safety:  # a sale meanwhile would turn the relative one into a refusal
        return Decided(seen, target, Adjustment(seen.sku, seen.location_id, "absolute", target), words)
    move = target - seen.in_store
    return Decided(seen, target, Adjustment(seen.sku, seen.location_id, "relative", move), words)


def _alarms(first: Sequence[Decided], policy: StockPolicy) -> tuple[str, str]:
    """What is wrong with the run as a whole: too much changes, too much goes to nothing; empty where it is not."""
    stocked = [each for each in first if each.seen.in_store is not None]
    changed = [each for each in stocked if isinstance(each.decision, Adjustment) and not each.seen.released]
    emptied = [each for each in changed if each.target == 0 and each.seen.in_store]
    if len(stocked) < SHARE_FROM or all(each.seen.first_use for each in changed):
        return "", ""
    too_many = len(changed) > policy.guard_share * len(stocked)
    emptying = len(emptied) > policy.empty_share * len(stocked)
    return (
        f"{len(changed)} of {len(stocked)} items would change at once, more than {policy.guard_share:.0%}."
        if too_many
        else "",
        f"{len(emptied)} of {len(stocked)} items would go to 0 at once, more than {policy.empty_share:.0%}."
        if emptying
        else "",
    )


def _guarded(each: Decided, too_many: str, emptying: str) -> Decided:
    if not isinstance(each.decision, Adjustment) or each.seen.released:
        return each
    to_nothing = each.target == 0 and bool(each.seen.in_store)
    if too_many:
        return _held(each, too_many)
    if emptying and to_nothing:
        return _held(each, emptying)
    if to_nothing and each.seen.sold_this_week:
        return _held(each, f"{each.seen.sku} sold this week and would go to 0.")
    return each


def _held(decided: Decided, words: str) -> Decided:
    figures = {"shop": str(decided.seen.in_store), "would be": str(decided.target)}
    remedy = "Look at the source's quantity; if it is right, make stock-release lets it through."
    return Decided(
        decided.seen, decided.target, Hold("anomaly", f"{words} {decided.words}", figures, remedy), decided.words
    )


def _words(seen: Seen, target: int, policy: StockPolicy) -> str:
    drift = f" It moved by {seen.drift:+d} without a sale or an adjustment of ours." if seen.drift else ""
    kit = policy.kits.get(seen.sku)
    if kit is not None:
        parts = ", ".join(f"{units} x {code}" for code, units in kit.parts.items())
        return f"{target} of at most {kit.offer} can be made of {parts}; the shop has {seen.in_store}.{drift}"
    back = policy.kept_back(seen.code or seen.sku)
    less = f" less {seen.pending} sold and not yet there" if seen.pending else ""
    less += f" less {back} kept back" if back else ""
    less += f" less {seen.elsewhere} at other locations" if seen.elsewhere else ""
    on_hand = f"{(seen.in_xero or ZERO).normalize():f}"
    of = "" if seen.code in ("", seen.sku) else f" of {seen.code}"
    return f"{on_hand}{of} on hand{less}: {target} may be sold; the shop has {seen.in_store}.{drift}"
