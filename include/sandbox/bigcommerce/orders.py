"""V2 orders: the list, one order, and the lists that hang on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from include.sandbox.bigcommerce.answers import UnsettledError, empty, not_found, unsettled, v2_page
from include.sandbox.bigcommerce.consignments import consignments_of
from include.sandbox.bigcommerce.filters import keeps, sorted_by
from include.sandbox.bigcommerce.shop import JsonObject, Kept, Shop
from include.sandbox.bigcommerce.storefront import STATUS_ROWS
from include.sandbox.ground import Answer, Asked, Handler

if TYPE_CHECKING:
    from include.sandbox.town import Town

INCLUDES = ("consignments", "consignments.line_items", "fees")
LINKED = ("fees", "consignments", "products", "shipping_addresses", "coupons")


def links_of(shop: Shop, order_id: int) -> str:
    """The order's own address as the vendor writes it into links. Nobody needs to follow it: ids are enough."""
    return f"https://api.bigcommerce.com/stores/{shop.store_hash}/v2/orders/{order_id}"


def stated(shop: Shop, kept: Kept, included: frozenset[str]) -> JsonObject:
    """The order as the vendor states it: its parts are links, unless they were asked for."""
    address = links_of(shop, kept.order["id"])
    order: JsonObject = dict(kept.order)
    for part in LINKED:
        order[part] = {"url": f"{address}/{part}", "resource": f"/orders/{kept.order['id']}/{part}"}
    if included & {"consignments", "consignments.line_items"}:
        order["consignments"] = consignments_of(kept, address, with_lines="consignments.line_items" in included)
    if "fees" in included:
        order["fees"] = kept.rows("fees")
    return order


def included_by(query: Mapping[str, str]) -> frozenset[str]:
    """What `include` asks for. Raises UnsettledError for an unknown word, and for consignments in the legacy array shape."""
    included = frozenset(filter(None, query.get("include", "").split(",")))
    if unknown := included - set(INCLUDES):
        raise UnsettledError(f"include={','.join(sorted(unknown))}")
    structure = query.get("consignment_structure")
    if structure not in (None, "object"):
        raise UnsettledError(f"consignment_structure={structure}")
    if structure is None and included - {"fees"}:
        raise UnsettledError("the legacy array shape of consignments (no consignment_structure=object): record it")
    return included


def list_orders(town: Town) -> Handler:
    """GET /orders."""

    def handler(asked: Asked) -> Answer:
        shop = town.shop
        try:
            kept_by, (key, backwards) = keeps(asked.query), sorted_by(asked.query)
            included = included_by(asked.query)
        except UnsettledError as error:
            return unsettled(asked, str(error))
        found = [kept for kept in shop if kept_by(kept) and (shop.lists_archived or not kept.order["is_deleted"])]
        # Equal keys stay in the order of their ids, whichever way the list runs.
        found.sort(key=key, reverse=backwards)
        answer = v2_page(asked, found)
        if answer.status != 200:
            return answer
        return Answer(200, [stated(shop, kept, included) for kept in answer.body])

    return handler


def count_orders(town: Town) -> Handler:
    """GET /orders/count: how many orders each status has, and how many there are."""

    def handler(asked: Asked) -> Answer:
        try:
            kept_by = keeps(asked.query)
        except UnsettledError as error:
            return unsettled(asked, str(error))
        found = [kept.order["status_id"] for kept in town.shop if kept_by(kept)]
        statuses = [
            {
                **{name: row[name] for name in row if name != "order"},
                "count": found.count(row["id"]),
                "sort_order": row["order"],
            }
            for row in STATUS_ROWS
        ]
        return Answer(200, {"statuses": statuses, "count": len(found)})

    return handler


def one_order(town: Town) -> Handler:
    """GET /orders/{order_id}."""

    def handler(asked: Asked) -> Answer:
        kept = _asked_for(town, asked)
        if kept is None:
            return not_found(asked)
        try:
            return Answer(200, stated(town.shop, kept, included_by(asked.query)))
        except UnsettledError as error:
            return unsettled(asked, str(error))

    return handler


def consignments(town: Town) -> Handler:
    """GET /orders/{order_id}/consignments, always in the object structure."""

    def handler(asked: Asked) -> Answer:
        kept = _asked_for(town, asked)
        if kept is None:
            return not_found(asked)
        wanted = asked.query.get("include", "")
        if wanted not in ("", "consignments.line_items"):
            return unsettled(asked, f"include={wanted}")
        address = links_of(town.shop, kept.order["id"])
        return Answer(200, consignments_of(kept, address, with_lines=bool(wanted)))

    return handler


def fees(town: Town) -> Handler:
    """GET /orders/{order_id}/fees: an object with a list, as the published example has it (its schema says otherwise)."""

    def handler(asked: Asked) -> Answer:
        kept = _asked_for(town, asked)
        if kept is None:
            return not_found(asked)
        return Answer(200, {"fees": kept.rows("fees")}) if kept.rows("fees") else empty()

    return handler


def part(town: Town, name: str, shown: Callable[[Asked, JsonObject], JsonObject] | None = None) -> Handler:
    """GET /orders/{order_id}/{name}: one part of the order in pages, each row as `shown` makes it."""

    def handler(asked: Asked) -> Answer:
        kept = _asked_for(town, asked)
        if kept is None:
            return not_found(asked)
        rows = kept.rows(name)
        return v2_page(asked, [shown(asked, row) for row in rows] if shown else rows)

    return handler


def row_of_part(town: Town, name: str) -> Handler:
    """GET /orders/{order_id}/{name}/{row_id}: one row of such a part."""

    def handler(asked: Asked) -> Answer:
        kept = _asked_for(town, asked)
        rows = kept.rows(name) if kept else []
        row = next((row for row in rows if str(row["id"]) == asked.params["row_id"]), None)
        return Answer(200, row) if row else not_found(asked)

    return handler


def taxes(town: Town) -> Handler:
    """GET /orders/{order_id}/taxes: which line a row belongs to is told with `details=true` only."""

    def shown(asked: Asked, row: JsonObject) -> JsonObject:
        if asked.query.get("details") == "true":
            return row
        return {name: row[name] for name in row if name not in ("order_product_id", "line_item_type")}

    of_part = part(town, "taxes", shown)

    def handler(asked: Asked) -> Answer:
        details = asked.query.get("details", "false")
        return of_part(asked) if details in ("true", "false") else unsettled(asked, f"details={details}")

    return handler


def shipping_addresses(town: Town) -> Handler:
    """GET /orders/{order_id}/shipping_addresses, each with the link to its quotes (captured order 519)."""

    def shown(asked: Asked, row: JsonObject) -> JsonObject:
        order_id = int(asked.params["order_id"])
        quotes = f"shipping_addresses/{row['id']}/shipping_quotes"
        address = f"{links_of(town.shop, order_id)}/{quotes}"
        return {**row, "shipping_quotes": {"url": address, "resource": f"/orders/{order_id}/{quotes}"}}

    return part(town, "shipping_addresses", shown)


def _asked_for(town: Town, asked: Asked) -> Kept | None:
    order_id = asked.params["order_id"]
    return town.shop.get(int(order_id)) if order_id.isdigit() else None
