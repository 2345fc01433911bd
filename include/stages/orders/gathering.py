"""What of an order must be read beside the order itself, and the reading of it (accounting.md 3 and 5).

Most orders need nothing: what the list says of them settles their books. Each part more costs a call.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from include.clients.bigcommerce import BigCommerce, RawPart
from include.clients.errors import ApiError, NotUnderstood, Refused
from include.domain.glance import Glance, settled
from include.domain.order import Order
from include.domain.plan import PartName, parts_needed
from include.domain.policy import Policy, Reference
from include.stages.orders.parts import read_order
from include.wire.bigcommerce_glance import glance_of
from include.wire.bigcommerce_rows import Problem

IN_FLIGHT = 3  # requests at once to one shop (reference bigcommerce.md 2)
UNREAD_MAX = 5  # orders of a page whose parts cannot be read; more of them say that it is the shop, and not the order
LINES_INCLUDED_MAX = 50  # of a consignment in the list (reference bigcommerce.md 0.7)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides which parts an order needs.

    drafts   the orders whose invoice is a draft: what comes for them comes late, and only its tender tells its day
    """

    shop: BigCommerce
    policy: Policy
    reference: Reference
    drafts: frozenset[int] = frozenset()


@dataclass(slots=True)
class Gathered:
    """An order of the page with what was read of it so far.

    refunded  the shop's list of refunds names it, so its refunds are read, whatever the order says of itself.
    unread    why a part that it needs could not be read. The plan holds it for that part.
    gone      the shop has no such order any more.
    """

    order_id: int
    head: RawPart
    content: dict[str, Any]
    parts: list[RawPart]
    order: Order | Glance | tuple[Problem, ...]
    needed: frozenset[PartName]
    cut: bool
    refunded: bool = False
    unread: ApiError | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class GatheredPage:
    """The orders of one page with their parts, the last number that the page held, and the calls that it cost."""

    orders: list[Gathered]
    last_order_id: int
    calls: int


def gathered_pages(terms: Terms, pages: Iterable[Sequence[RawPart]]) -> Iterator[GatheredPage]:
    """Each page with its parts; the next is asked for and read while the caller keeps this one."""
    return _ahead(_pages(terms, pages))


def _pages(terms: Terms, pages: Iterable[Sequence[RawPart]]) -> Iterator[GatheredPage]:
    before = terms.shop.calls
    for page in pages:
        orders = with_needed_parts(terms, page)
        yield GatheredPage(orders, max(map(id_of, page)), terms.shop.calls - before)
        before = terms.shop.calls


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """The items, the next one taken in a thread while the caller works on this one."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(lambda: list(islice(items, 1)))
        while found := coming.result():
            coming = pool.submit(lambda: list(islice(items, 1)))
            yield found[0]


def with_needed_parts(
    terms: Terms, page: Sequence[RawPart], *, refunded: Collection[int] = frozenset()
) -> list[Gathered]:
    """Each order of the page with the parts that its books depend on, a few orders at a time.

    refunded  the orders that have a refund, though they may not say so themselves.
    An order whose parts cannot be read is `unread`; the others go on. Raises the clients' errors where it is the shop.
    """
    looked = [_first_look(terms, part, refunded=id_of(part) in refunded) for part in page]
    wanting = [each for each in looked if each.cut or each.needed or each.refunded]
    if wanting:
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            list(pool.map(lambda each: _gather(terms, each), wanting))
    unread = [each.unread for each in wanting if each.unread is not None]
    if len(unread) > UNREAD_MAX:
        raise unread[0]
    return [each for each in looked if not each.gone]


def id_of(part: RawPart) -> int:
    """The order's number."""
    return int(part.content["id"])


def _first_look(terms: Terms, head: RawPart, *, refunded: bool) -> Gathered:
    content: dict[str, Any] = {"order": head.content}
    cut = _lines_are_cut(head.content)
    drafted = id_of(head) in terms.drafts
    glance = None if cut or refunded or drafted else glance_of(head.content)
    if glance is not None and settled(glance, terms.policy, terms.reference):
        return Gathered(id_of(head), head, content, [], glance, frozenset(), cut)
    order = () if cut else read_order(dict(content))
    needed: frozenset[PartName] = frozenset()
    if isinstance(order, Order):
        needed = parts_needed(order, terms.policy, terms.reference, drafted=drafted)
    return Gathered(id_of(head), head, content, [], order, needed, cut, refunded)


def _gather(terms: Terms, each: Gathered) -> None:
    try:
        _read_needed(terms, each)
    except (Refused, NotUnderstood) as error:
        each.gone = isinstance(error, Refused) and error.status == 404 and terms.shop.order(each.order_id) is None
        each.unread = None if each.gone else error


def _read_needed(terms: Terms, each: Gathered) -> None:
    """Read what the order needs, and what that makes needed in turn."""
    if each.cut:
        each.parts += _add(each.content, terms.shop.products(each.order_id))
        each.order = read_order(dict(each.content))
    asked: set[PartName] = set()
    while isinstance(each.order, Order):
        drafted = each.order_id in terms.drafts
        needed = parts_needed(each.order, terms.policy, terms.reference, drafted=drafted)
        if each.refunded and each.order.refunds is None:
            needed |= {"refunds"}
        needed -= asked
        if not needed:
            break
        for name in sorted(needed):
            asked.add(name)
            read: Callable[[int], list[RawPart]] = getattr(terms.shop, name)
            each.parts += _add(each.content, read(each.order_id))
        each.order = read_order(dict(each.content))


def _add(content: dict[str, Any], parts: Iterable[RawPart]) -> list[RawPart]:
    kept = list(parts)
    content.update({part.name: part.content for part in kept})
    return kept


def _lines_are_cut(order: Any) -> bool:
    """Whether the list does not hold all lines: a consignment is cut at 50, or its units do not make the order's."""
    consignments = order.get("consignments") if isinstance(order, dict) else None
    if not isinstance(consignments, dict):
        return True
    try:
        email = consignments.get("email")
        groups = [group for kind in ("shipping", "pickups", "downloads") for group in consignments.get(kind) or ()]
        groups += (email.get("gift_certificates") or ()) if isinstance(email, dict) else ()
        lines = [line for group in groups if isinstance(group, dict) for line in group.get("line_items") or ()]
        cut = any(
            "__warning__" in group or len(group.get("line_items") or ()) >= LINES_INCLUDED_MAX for group in groups
        )
        units = sum(int(line["quantity"]) for line in lines)
        return cut or units != int(order["items_total"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return True
