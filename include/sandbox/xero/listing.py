"""Reading lists: which records, in which order, which page (reference xero.md 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from math import ceil
from typing import Any

from include.sandbox.ground import Answer, Asked, NeverSeen
from include.sandbox.xero import dates, where
from include.sandbox.xero.answers import envelope
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.records import Json
from include.sandbox.xero.where import Columns

PAGE_SIZE = 100
PAGE_SIZE_MAX = 1000  # [S]
IDS_MAX = 52  # Xero-Java #331: more make the query string too long


def listed(
    ledger: Ledger,
    asked: Asked,
    list_key: str,
    records: Iterable[Any],
    columns: Columns,
    show: Callable[[Any], Json],
    modified_at: Callable[[Any], datetime] | None = None,
    *,
    is_paged: bool = True,
) -> Answer:
    """The answer to a GET of a list: filtered by `where` and If-Modified-Since, ordered, cut to its page.

    Without `page` everything comes at once and there is no `pagination`. Past the end: an empty list (recorded).
    304 when nothing was modified since [S].
    """
    expression, order = asked.query.get("where"), asked.query.get("order")
    found = [r for r in records if not expression or where.matches(expression, columns, r)]
    since = dates.read_modified_since(asked.headers.get("if-modified-since")) if modified_at else None
    if since is not None and modified_at is not None:
        found = [record for record in found if modified_at(record).replace(microsecond=0) > since]
        if not found:
            return Answer(304, None, content_type="")
    if order:
        found = where.sorted_by(order, columns, found)
    if not is_paged or "page" not in asked.query:
        if "pageSize" in asked.query:
            raise NeverSeen("pageSize without page")
        return Answer(200, envelope(ledger, list_key, [show(record) for record in found]))
    page, size = _whole(asked, "page", 1), _whole(asked, "pageSize", PAGE_SIZE)
    if page < 1 or not 1 <= size <= PAGE_SIZE_MAX:
        raise NeverSeen(f"page={page}, pageSize={size}")
    pagination = {"page": page, "pageSize": size, "pageCount": ceil(len(found) / size), "itemCount": len(found)}
    on_page = found[(page - 1) * size : page * size]
    return Answer(200, envelope(ledger, list_key, [show(record) for record in on_page], pagination))


def ids_of(asked: Asked, name: str) -> set[str] | None:
    """The values of a comma-separated parameter, None when it is not there. Raises NeverSeen for too many GUIDs."""
    if name not in asked.query:
        return None
    values = {value.strip() for value in asked.query[name].split(",") if value.strip()}
    if name in ("IDs", "ContactIDs"):
        if len(values) > IDS_MAX:
            raise NeverSeen(f"{name} with {len(values)} ids: the query string is too long, the answer is not recorded")
        return {value.lower() for value in values}
    return values


def missing() -> Answer:
    """The answer about a document that the organisation never issued: 404, HTML, empty (recorded)."""
    return Answer(404, None, content_type="text/html; charset=utf-8")


def _whole(asked: Asked, name: str, default: int) -> int:
    try:
        return int(asked.query.get(name, default))
    except ValueError:
        raise NeverSeen(f"{name}={asked.query[name]!r}") from None
