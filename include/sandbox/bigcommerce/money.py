"""V3: what was paid for an order, and what was given back."""

from __future__ import annotations

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
    """GET /orders/payment_actions/refunds: of all orders, by id, so that a reader can go on after the last id it saw."""

    def handler(asked: Asked) -> Answer:
        rows = sorted((row for kept in town.shop for row in kept.rows("refunds")), key=lambda row: int(row["id"]))
        try:
            page, limit = window_of(asked.query)
            rows = [row for row in rows if _is_wanted(row, asked)]
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


def _is_wanted(row: JsonObject, asked: Asked) -> bool:
    query = asked.query
    for name, field in (("id:in", "id"), ("order_id:in", "order_id")):
        if name in query and str(row[field]) not in query[name].split(","):
            return False
    created = read(row["created"])
    assert created is not None
    for name in ("created:min", "created:max"):
        if name in query:
            bound = read(query[name])
            if bound is None:
                raise UnsettledError(f"{name}={query[name]!r}: not RFC 3339 (is its + encoded as %2B?)")
            if created < bound if name.endswith("min") else created > bound:
                return False
    return _paid_by(row, asked)


def _paid_by(row: JsonObject, asked: Asked) -> bool:
    wanted = asked.query.get("transaction_id")
    return wanted is None or any(str(payment.get("transaction_id")) == wanted for payment in row["payments"])


def _asked_for(shop: Shop, asked: Asked) -> Kept | None:
    order_id = asked.params["order_id"]
    return shop.get(int(order_id)) if order_id.isdigit() else None
