"""V3: what was paid for an order, and what was given back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from include.sandbox.bigcommerce.answers import UnsettledError, empty, not_found, unsettled, v3_page, window_of
from include.sandbox.bigcommerce.moments import read
from include.sandbox.bigcommerce.shop import JsonObject, Kept, Shop
from include.sandbox.ground import Answer, Asked, Handler

if TYPE_CHECKING:
    from include.sandbox.town import Town


def transactions(town: Town) -> Handler:
    """GET /orders/{order_id}/transactions. No paging parameter is documented, so all rows come at once."""

    def handler(asked: Asked) -> Answer:
        kept = _asked_for(town.shop, asked)
        if kept is None:
            return not_found(asked)
        rows = kept.rows("transactions")
        if not rows and town.shop.empty_transactions == 204:
            return empty()
        page = {"total": len(rows), "count": len(rows), "per_page": 50, "current_page": 1, "total_pages": 1}
        return Answer(200, {"data": rows, "meta": {"pagination": page}})

    return handler


def refunds_of_order(town: Town) -> Handler:
    """GET /orders/{order_id}/payment_actions/refunds. `meta` is empty, as the description has it."""

    def handler(asked: Asked) -> Answer:
        kept = _asked_for(town.shop, asked)
        if kept is None:
            return not_found(asked)
        rows = [row for row in kept.rows("refunds") if _paid_by(row, asked)]
        return Answer(200, {"data": rows, "meta": {}})

    return handler


def refunds(town: Town) -> Handler:
    """GET /orders/payment_actions/refunds: of all orders, by id ascending, which is the only order there is.

    `meta` is empty, as the description has it (orders.v3.yml, RefundCollection_Resp): nothing says how many there are,
    nor that a page is the last. Bounds include their end (`created:min`: "later than or equal").
    """

    def handler(asked: Asked) -> Answer:
        rows = sorted((row for kept in town.shop for row in kept.rows("refunds")), key=lambda row: int(row["id"]))
        try:
            page, limit = window_of(asked.query)
            rows = list(filter(_wanted(asked), rows))
        except UnsettledError as error:
            return unsettled(asked, str(error))
        return Answer(200, {"data": rows[(page - 1) * limit : page * limit], "meta": {}})

    return handler


def one_refund(town: Town) -> Handler:
    """GET /orders/payment_actions/refunds/{refund_id}."""

    def handler(asked: Asked) -> Answer:
        rows = (row for kept in town.shop for row in kept.rows("refunds"))
        row = next((row for row in rows if str(row["id"]) == asked.params["refund_id"]), None)
        return Answer(200, {"data": row, "meta": {}}) if row else not_found(asked)

    return handler


def metafields(town: Town) -> Handler:
    """GET /orders/{order_id}/metafields: what apps have pinned to an order, in pages."""

    def handler(asked: Asked) -> Answer:
        kept = _asked_for(town.shop, asked)
        return not_found(asked) if kept is None else v3_page(asked, kept.rows("metafields"))

    return handler


def _wanted(asked: Asked) -> Callable[[JsonObject], bool]:
    """The test that the filters make together. Raises UnsettledError for a value that the description does not allow."""
    query = asked.query
    numbers = {field: _numbers(query, f"{field}:in") for field in ("id", "order_id") if f"{field}:in" in query}
    first, last = _bound(query, "created:min"), _bound(query, "created:max")

    def is_wanted(row: JsonObject) -> bool:
        created = read(row["created"])
        assert created is not None
        return (
            all(int(row[field]) in among for field, among in numbers.items())
            and (first is None or created >= first)
            and (last is None or created <= last)
            and _paid_by(row, asked)
        )

    return is_wanted


def _numbers(query: Mapping[str, str], name: str) -> set[int]:
    wanted = query[name].split(",")
    if not all(number.isascii() and number.isdigit() for number in wanted):
        raise UnsettledError(f"{name}={query[name]!r}: not numbers with commas between them")
    return {int(number) for number in wanted}


def _bound(query: Mapping[str, str], name: str) -> datetime | None:
    """RFC 3339 alone: what V2 takes besides is not described here."""
    if name not in query:
        return None
    bound = read(query[name]) if query[name][:4].isdigit() else None
    if bound is None:
        raise UnsettledError(f"{name}={query[name]!r}: not RFC 3339 (is its + encoded as %2B?)")
    return bound


def _paid_by(row: JsonObject, asked: Asked) -> bool:
    wanted = asked.query.get("transaction_id")
    return wanted is None or any(str(payment.get("transaction_id")) == wanted for payment in row["payments"])


def _asked_for(shop: Shop, asked: Asked) -> Kept | None:
    order_id = asked.params["order_id"]
    return shop.get(int(order_id)) if order_id.isdigit() else None
