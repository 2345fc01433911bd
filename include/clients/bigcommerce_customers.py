"""The shop's customers as BigCommerce sends them: pages by cursor, and the checks that they are those asked for.

Pages go by cursor (`after`), never by number: a customer who changes while we read leaves the window, and every later one
would move up by one place, the first of the next page out of sight. Nobody promises the order of the list; a captured one
has the newest first, so nothing here relies on it. Source: customers.v3.yml getCustomers; bigcommerce.md 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from include.clients.answers import Answer, Unreadable, body_in, json_of, members_of, slices_of
from include.clients.bigcommerce_parts import FAR_OUTSIDE, PAGE_ROWS, PAGE_ROWS_SURE, RawPart, Window
from include.clients.errors import NotUnderstood
from include.clients.paging import PAGES_MAX

IDS_A_QUESTION = 50  # so that the URL stays short, and one page holds them all
_INCLUDES = {"include": "addresses,formfields", "limit": PAGE_ROWS}

Customers = tuple[list[RawPart], str | None]  # of a page, and the cursor that the next one follows; None after the last
Ask = Callable[[Mapping[str, Any], Callable[[Answer], Customers]], Customers]


def changed_in(ask: Ask, window: Window) -> Iterator[list[RawPart]]:
    """The customers of a window, page by page. Raises NotUnderstood for a cursor that leads nowhere new."""
    # With their zone, since without one it is not known whose the vendor takes them for.
    dates = {"date_modified:min": _text(window.start), "date_modified:max": _text(window.end)}
    query: dict[str, Any] = {**dates, **_INCLUDES}
    seen: set[str] = set()
    for _ in range(PAGES_MAX):
        page, cursor = ask(query, lambda answer: customers_in(answer, window))
        if page:
            yield page
        if cursor is None:
            return
        if cursor in seen:
            raise NotUnderstood("BigCommerce's customers: a page comes again.")
        seen.add(cursor)
        query = {**dates, **_INCLUDES, "after": cursor}
    raise NotUnderstood(f"BigCommerce's customers do not end after {PAGES_MAX} pages.")


def numbered(ask: Ask, ids: Sequence[int]) -> Iterator[list[RawPart]]:
    """These customers; one that the shop no longer has is missing."""
    for start in range(0, len(ids), IDS_A_QUESTION):
        wanted = ids[start : start + IDS_A_QUESTION]
        page, _ = ask({"id:in": ",".join(map(str, wanted)), **_INCLUDES}, lambda answer: customers_in(answer, None))
        if not {part.content["id"] for part in page} <= set(wanted):
            raise NotUnderstood("BigCommerce ignores the ids in our question: it sent other customers.")
        yield page


def customers_in(answer: Answer, window: Window | None) -> Customers:
    """A page of customers, each cut out of the page's bytes. Raises Unreadable, and NotUnderstood for rows far outside."""
    members = members_of(body_in(answer))
    if "data" not in members:
        raise Unreadable("sent no list where one is documented")
    parts = []
    for body, row in slices_of(members["data"]):
        customer_id = row.get("id") if isinstance(row, Mapping) else None
        if not isinstance(customer_id, int) or isinstance(customer_id, bool) or not 0 < customer_id < 2**63:
            raise Unreadable("sent a customer without an id")
        if window is not None:
            _check_inside(row.get("date_modified"), window, customer_id)
        parts.append(RawPart("customer", body, row))
    return parts, _cursor(json_of(members.get("meta", b"{}")), len(parts))


def _cursor(meta: Any, rows: int) -> str | None:
    """Where the next page begins; None where nothing follows. Raises Unreadable where more follows and no cursor leads there."""
    pages = [meta.get(name) if isinstance(meta, Mapping) else None for name in ("cursor_pagination", "pagination")]
    cursors, numbers = [each if isinstance(each, Mapping) else {} for each in pages]
    full = next(
        (each["per_page"] for each in (cursors, numbers) if isinstance(each.get("per_page"), int)), PAGE_ROWS_SURE
    )
    if rows < min(full, PAGE_ROWS) or not rows:
        return None
    cursor = cursors.get("end_cursor")
    if isinstance(cursor, str) and cursor:
        return cursor
    if numbers.get("total_pages") == numbers.get("current_page", 0):
        return None
    raise Unreadable("sent a full page of customers and no cursor to the next")


def _check_inside(date: Any, window: Window, customer_id: int) -> None:
    # A customer whose date cannot be read proves nothing here; reading them holds them.
    try:
        at = datetime.fromisoformat(date) if isinstance(date, str) else None
    except ValueError:
        return
    at = at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
    if at is not None and not window.start - FAR_OUTSIDE <= at <= window.end + FAR_OUTSIDE:
        raise NotUnderstood(
            f"BigCommerce ignores the dates in our question: customer {customer_id} lies far outside of them."
        )


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
