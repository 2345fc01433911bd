"""BigCommerce's ways to say no, and how its lists are cut into pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from include.sandbox.ground import Answer, Asked, refusal

PAGE_MAX = 250  # reference bigcommerce.md 2: documented for products; older vendor pages say the same of orders
PAGE_DEFAULT = 50

#: Where V3 errors point to (orders-v3-spec-error-403).
STATUS_CODES_PAGE = "/api-docs/getting-started/api-status-codes"

#: Where problems of the inventory point to (inventory-v3-spec-adjustment-422-tracking-mode).
PROBLEM_PAGE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"


def is_v3(asked: Asked) -> bool:
    """Whether the call goes to V3: both versions live under one store address and differ in their errors."""
    return "/v3/" in asked.path


def no(asked: Asked, status: int, said: str) -> Answer:
    """A refusal in the shape of the version that was asked: V2 a list of messages, V3 one object with a title."""
    if is_v3(asked):
        return Answer(status, {"status": status, "title": said, "type": STATUS_CODES_PAGE})
    return Answer(status, [{"status": status, "message": said}])


def problem(status: int, title: str, errors: Mapping[str, str] | None = None) -> Answer:
    """A refusal as the inventory answers it: `application/problem+json`, with errors by field, often none."""
    body = {"status": status, "title": title, "type": PROBLEM_PAGE, "errors": dict(errors or {})}
    return Answer(status, body, content_type="application/problem+json; charset=utf-8")


def not_found(asked: Asked) -> Answer:
    """404, as the published V2 example words it; the V3 example is the same in V3's shape."""
    return no(asked, 404, "The requested resource was not found.")


def unsettled(asked: Asked, unknown: str) -> Answer:
    """501: no source says what the vendor answers to this."""
    return refusal(asked.method, asked.path, unknown)


def empty() -> Answer:
    """204 without a body: V2's empty list, also past the last page (reference bigcommerce.md 0.8)."""
    return Answer(204, None, content_type="")


class UnsettledError(Exception):
    """What was asked has no known answer; the text says what."""


def window_of(query: Mapping[str, str], limit_max: int = PAGE_MAX) -> tuple[int, int]:
    """Page and limit as asked, 1 and 50 unsaid. Raises UnsettledError for figures whose answer nobody has recorded."""
    try:
        page, limit = int(query.get("page", "1")), int(query.get("limit", str(PAGE_DEFAULT)))
    except ValueError:
        raise UnsettledError("a page or limit that is not a number") from None
    if page < 1 or limit < 1:
        raise UnsettledError("a page or limit below 1")
    if limit > limit_max:
        raise UnsettledError(f"a limit above {limit_max}")
    return page, limit


def v2_page(asked: Asked, rows: Sequence[Any]) -> Answer:
    """One page of a V2 list: a bare array, or 204."""
    try:
        page, limit = window_of(asked.query)
    except UnsettledError as error:
        return unsettled(asked, str(error))
    cut = rows[(page - 1) * limit : page * limit]
    return Answer(200, list(cut)) if cut else empty()


def v3_page(asked: Asked, rows: Sequence[Any], *, limit_max: int = PAGE_MAX) -> Answer:
    """One page of a V3 list with `meta.pagination`; past the end it is empty, and still 200."""
    try:
        page, limit = window_of(asked.query, limit_max)
    except UnsettledError as error:
        return unsettled(asked, str(error))
    cut = list(rows[(page - 1) * limit : page * limit])
    pages = max(1, -(-len(rows) // limit))
    links = {"current": f"?page={page}&limit={limit}"}
    if page > 1:
        links["previous"] = f"?page={page - 1}&limit={limit}"
    if page < pages:
        links["next"] = f"?page={page + 1}&limit={limit}"
    pagination = {
        "total": len(rows),
        "count": len(cut),
        "per_page": limit,
        "current_page": page,
        "total_pages": pages,
        "links": links,
    }
    return Answer(200, {"data": cut, "meta": {"pagination": pagination}})
