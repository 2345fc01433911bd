"""The shop's catalogue: a page of products with their variants, each cut out of the page's own bytes (bigcommerce.md 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from include.clients.answers import Answer, Unreadable, body_in, json_in, members_of, slices_of
from include.clients.bigcommerce_parts import (
    FAR_OUTSIDE,
    PAGE_ROWS,
    RawPart,
    Window,
    id_of,
    is_last_page,
    moment_of,
    moment_text,
)
from include.clients.errors import NotUnderstood
from include.clients.paging import Page, by_key

Products = Page[list[RawPart]]
Get = Callable[[Mapping[str, Any], Callable[[Answer], Products]], Products]


def products_by_id(get: Get, changed: Window | None, after_id: int) -> Iterator[list[RawPart]]:
    """Page after page by id, each asked for with its variants. Dates bear their time: a bare one gets the request's."""
    dates = {} if changed is None else {"date_modified:min": moment_text(changed.start)}
    if changed is not None:
        dates["date_modified:max"] = moment_text(changed.end, up=True)

    def fetch(after: int) -> Products:
        place = {"sort": "id", "direction": "asc", "id:greater": after, "limit": PAGE_ROWS}
        return get({**dates, "include": "variants", **place}, lambda answer: products_in(answer, changed))

    return by_key(fetch, after=after_id, what="BigCommerce's products")


def products_numbered(get: Get, ids: Sequence[int]) -> Iterator[list[RawPart]]:
    """These products, each with its variants; one that the shop has no more is missing."""
    for start in range(0, len(ids), PAGE_ROWS):
        some = ids[start : start + PAGE_ROWS]
        asked = {"id:in": ",".join(map(str, some)), "include": "variants", "limit": PAGE_ROWS}
        rows = get(asked, lambda answer: products_in(answer, None)).content
        others = {int(part.content["id"]) for part in rows} - set(some)
        if others:
            raise NotUnderstood(f"BigCommerce ignores the ids in our question: it sent product {min(others)} too.")
        yield rows


def products_in(answer: Answer, changed: Window | None) -> Products:
    """A page of products. Raises Unreadable, and NotUnderstood for products far outside the dates that were asked for."""
    if answer.status == 204:
        return Page([], (), is_last=True)
    parts: list[RawPart] = []
    ids: list[int] = []
    rows = members_of(body_in(answer)).get("data")
    if rows is None:
        raise Unreadable("sent no products where they are documented")
    for body, product in slices_of(rows):
        product_id = id_of(product)
        if product_id is None:
            raise Unreadable(f"sent a product without an id{f', after product {ids[-1]}' if ids else ''}")
        at = moment_of(product.get("date_modified"))
        outside = changed and at and not changed.start - FAR_OUTSIDE <= at <= changed.end + FAR_OUTSIDE
        if outside:
            raise NotUnderstood(
                f"BigCommerce ignores the dates in our question: product {product_id} lies far outside of them."
            )
        ids.append(product_id)
        parts.append(RawPart("product", body, product))
    return Page(parts, tuple(ids), is_last=is_last_page(json_in(answer), len(parts)))
