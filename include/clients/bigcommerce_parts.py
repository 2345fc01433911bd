"""The parts of an order as BigCommerce sends them, and the checks that an answer is the one asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from include.clients.answers import Answer, Unreadable, body_in, json_in, slices_of
from include.clients.errors import NotUnderstood
from include.clients.paging import Page

PAGE_ROWS = 250
# The smallest page that the vendor documents. If it caps our 250 in silence, a page of 50 is a full one: only a page
# with fewer rows proves that it is the last (bigcommerce.md 2, "V2 orders spec gives only the default 50").
PAGE_ROWS_SURE = 50
# Far enough for clocks that differ, near enough to notice a filter read in the wrong time zone.
FAR_OUTSIDE = timedelta(minutes=14)
ENVELOPED = ("transactions", "refunds", "metafields", "inventory_items", "locations")  # what V3 answers with


@dataclass(frozen=True, slots=True)
class RawPart:
    """What the shop said, byte for byte, beside its parsed form.

    name      "order", "products/1", "taxes/1", "transactions", "refunds/1", ...: the number is the page's.
    body      exactly the bytes of this part of the answer; empty for a 204.
    content   parsed, numbers with a fraction as Decimal. For a 204: [] where V2 lists, {} for V3's envelope.
    """

    name: str
    body: bytes = field(repr=False)
    content: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end`, both aware. Whether BigCommerce includes the ends is not known: let windows overlap."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window needs moments with a time zone")
        if self.start >= self.end:
            raise ValueError("a window ends after it starts")


def orders_in(answer: Answer, window: Window, by: Literal["modified", "created"]) -> Page[list[RawPart]]:
    """A page of orders, each cut out of the page's bytes. Raises Unreadable, and NotUnderstood for rows far outside."""
    if answer.status == 204:
        return Page([], (), is_last=True)
    parts: list[RawPart] = []
    ids: list[int] = []
    for body, order in slices_of(body_in(answer)):
        order_id = id_of(order)
        if order_id is None:
            raise Unreadable(f"sent an order without an id{f', after order {ids[-1]}' if ids else ''}")
        _check_inside(order.get(f"date_{by}"), window, order_id)
        ids.append(order_id)
        parts.append(RawPart("order", body, order))
    return Page(parts, tuple(ids), is_last=len(parts) < PAGE_ROWS_SURE)


def check_order(answer: Answer, order_id: int) -> RawPart:
    """The one order that was asked for. Raises Unreadable when it is another, or none."""
    content = json_in(answer)
    if not isinstance(content, dict) or id_of(content) != order_id:
        raise Unreadable("sent another order than the one asked for")
    return RawPart("order", answer.body, content)


def part_of(answer: Answer, name: str) -> Page[RawPart]:
    """One page of what hangs on an order: V2's list, V2's `{"fees": [...]}`, or V3's `{"data": [...], "meta": ...}`."""
    v3 = name.partition("/")[0] in ENVELOPED
    if answer.status == 204:
        return Page(RawPart(name, b"", {} if v3 else []), (), is_last=True)
    content = json_in(answer)
    rows = content
    if isinstance(content, dict):
        rows = content.get("data") if "data" in content else content.get("fees")
    if not isinstance(rows, list) or (v3 and not isinstance(content, dict)):
        raise Unreadable("sent no list where one is documented")
    keys = tuple(_key_of(row) for row in rows)
    return Page(RawPart(name, answer.body, content), keys, is_last=is_last_page(content, len(rows)))


def reader_of(name: str, number: int) -> Callable[[Answer], Page[RawPart]]:
    """What reads page `number` of the part `name`."""
    # Transactions have a second page only on paper, so the part is known without its number.
    part = name if name == "transactions" and number == 1 else f"{name}/{number}"
    return lambda answer: part_of(answer, part)


def object_of(name: str, answer: Answer) -> RawPart:
    """The one object that an answer is. Raises Unreadable when it is something else."""
    content = json_in(answer)
    if not isinstance(content, dict):
        raise Unreadable("sent no JSON object where one is documented")
    return RawPart(name, answer.body, content)


def moment_text(moment: datetime, *, up: bool = False) -> str:
    """ISO 8601 with its offset, in whole seconds, which is all that the vendor keeps. Raises ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    whole = moment.astimezone(UTC).replace(microsecond=0)
    return (whole + timedelta(seconds=1) if up and moment.microsecond else whole).isoformat()


def refunds_checked(page: Page[RawPart], moment: datetime) -> Page[RawPart]:
    """The same page. Raises NotUnderstood when it holds refunds from long before `moment`."""
    rows = page.content.content.get("data", [])
    for row in rows:
        made_at = moment_of(row.get("created")) if isinstance(row, Mapping) else None
        if made_at is not None and made_at < moment - FAR_OUTSIDE:
            raise NotUnderstood(
                f"BigCommerce ignores the date in our question: refund {row.get('id')} is from before it."
            )
    return page


def is_last_page(content: Any, rows: int) -> bool:
    """V3 counts its pages; a list that counts none ends with a page that is surely not full."""
    meta = content.get("meta") if isinstance(content, dict) else None
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    if isinstance(pagination, dict):
        current, total = pagination.get("current_page"), pagination.get("total_pages")
        if isinstance(current, int) and isinstance(total, int):
            return current >= total
    return rows < PAGE_ROWS_SURE


def _check_inside(date: Any, window: Window, order_id: int) -> None:
    # An order whose date cannot be read proves nothing here; the checks on records hold it.
    at = _rfc_2822(date)
    if at is not None and not window.start - FAR_OUTSIDE <= at <= window.end + FAR_OUTSIDE:
        raise NotUnderstood(
            f"BigCommerce ignores the dates in our question: order {order_id} lies far outside of them."
        )


def id_of(order: Any) -> int | None:
    """The id; some answers had numbers as text (bigcommerce.md 11.16). One beyond 64 bits is none: nobody can keep it."""
    found = order.get("id") if isinstance(order, Mapping) else None
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 19:
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**63 else None


def _key_of(row: Any) -> str:
    """What tells rows apart when a page comes again: the id, or all of a row that has none."""
    found = id_of(row)
    return str(row) if found is None else str(found)


def _rfc_2822(text: Any) -> datetime | None:
    try:
        at = parsedate_to_datetime(text) if isinstance(text, str) else None
    except (ValueError, TypeError, OverflowError):  # the last for a year of twenty digits
        return None
    # "-0000" means UTC by a server that does not know its zone, and Python leaves it naive.
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def moment_of(text: Any) -> datetime | None:
    """A moment of V3, in UTC where it names no zone; None for what is none."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def counted(answer: Answer) -> int:
    """The orders of a count by status, but for those that are incomplete. Raises Unreadable."""
    content = object_of("count", answer).content
    try:
        rows = {int(row["id"]): int(row["count"]) for row in content["statuses"]}
        return int(content["count"]) - rows.get(0, 0)
    except (KeyError, TypeError, ValueError):
        raise Unreadable("the count of orders has another form than its description") from None
