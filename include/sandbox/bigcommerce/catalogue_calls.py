"""V3 catalogue: products with their variants, by the filters that the description names.

Source  products_catalog.v3.yml getProducts, getProductById; reference bigcommerce.md 7.

Dates    A date without a time gets the time of the request (the description's own words). A time without an offset: [U].
Bounds   `date_modified:min` and `:max` include their end; the vendor does not say whether.
Include  `variants` alone is served. `options` and `modifiers` are known to cut a page to 10: nobody here asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from include.sandbox.bigcommerce.answers import UnsettledError, not_found, unsettled, v3_page
from include.sandbox.bigcommerce.catalogue import stamp, whole
from include.sandbox.bigcommerce.moments import read
from include.sandbox.bigcommerce.shop import JsonObject, Shop
from include.sandbox.bigcommerce.stock import figures
from include.sandbox.ground import Answer, Asked, Handler

if TYPE_CHECKING:
    from include.sandbox.town import Town

Test = Callable[[JsonObject], bool]

FILTERS = (
    *("id", "id:in", "id:min", "id:max", "id:greater", "id:less"),
    *("sku", "sku:in", "is_visible", "date_modified:min", "date_modified:max"),
)
_SORTED_BY = ("id", "name", "sku", "price", "date_modified", "inventory_level", "is_visible")
_BY_ID: Mapping[str, Callable[[int, int], bool]] = {
    "id": lambda mine, asked: mine == asked,
    "id:min": lambda mine, asked: mine >= asked,
    "id:max": lambda mine, asked: mine <= asked,
    "id:greater": lambda mine, asked: mine > asked,
    "id:less": lambda mine, asked: mine < asked,
}


def products(town: Town) -> Handler:
    """GET /catalog/products."""

    def handler(asked: Asked) -> Answer:
        try:
            tests = [_test(name, asked.query[name], town.clock.now()) for name in FILTERS if name in asked.query]
            found = [row for row in offered(town.shop) if all(test(row) for test in tests)]
            rows = [_shown(row, asked) for row in _in_order(found, asked.query)]
        except UnsettledError as error:
            return unsettled(asked, str(error))
        return v3_page(asked, rows)

    return handler


def one_product(town: Town) -> Handler:
    """GET /catalog/products/{product_id}."""

    def handler(asked: Asked) -> Answer:
        known = (row for row in offered(town.shop) if str(row["id"]) == asked.params["product_id"])
        row = next(known, None)
        return Answer(200, {"data": _shown(row, asked), "meta": {}}) if row else not_found(asked)

    return handler


def offered(shop: Shop) -> list[JsonObject]:
    """Every product with its variants, by id: those of the catalogue, and what else an order names. Money is numbers."""
    found: dict[int, JsonObject] = {}
    for kept in shop:
        for line in kept.rows("products"):
            if line["product_id"] and line["product_id"] not in shop.catalogue.gone:
                found[line["product_id"]] = {
                    "id": line["product_id"],
                    "name": line["name"],
                    "type": line["type"],
                    "sku": line["sku"],
                    "price": Decimal(str(line["base_price"])),
                    "base_variant_id": line.get("variant_id") or None,
                    "date_created": stamp(kept.created),
                    "date_modified": stamp(kept.modified),
                }
    for item in shop.stock:
        if item.product_id in found:
            told = found[item.product_id]
            # The guide says: all that is available to sell; the variant's description says: at the default location only.
            available = (figures(shop.stock.level(item.sku, at), shop.clock.now()) for at in shop.stock.locations)
            told["inventory_level"] = told.get("inventory_level", 0) + sum(
                each["available_to_sell"] for each in available
            )
            told["inventory_tracking"] = item.tracked_by
    every = {product_id: whole(row) for product_id, row in found.items()}
    every |= {row["id"]: row for row in shop.catalogue}
    return [every[product_id] for product_id in sorted(every)]


def _shown(row: JsonObject, asked: Asked) -> JsonObject:
    """The product with what `include` asks for. Raises UnsettledError for what is not served here."""
    wanted = set(filter(None, asked.query.get("include", "").split(",")))
    if wanted - {"variants"}:
        raise UnsettledError(f"include={asked.query['include']}")
    return row if wanted else {name: value for name, value in row.items() if name != "variants"}


def _in_order(rows: list[JsonObject], query: Mapping[str, str]) -> list[JsonObject]:
    name, direction = query.get("sort", "id"), query.get("direction", "asc")
    if name not in _SORTED_BY or direction not in ("asc", "desc"):
        raise UnsettledError(f"sort={name}, direction={direction}")
    return sorted(rows, key=lambda row: (row[name], row["id"]), reverse=direction == "desc")


def _test(name: str, value: str, now: datetime) -> Test:
    if name in _BY_ID:
        compare, asked = _BY_ID[name], _number(name, value)
        return lambda row: compare(row["id"], asked)
    if name == "id:in":
        ids = {_number(name, each) for each in value.split(",")}
        return lambda row: row["id"] in ids
    if name in ("sku", "sku:in"):  # base SKUs only: variants have a list of their own (reference bigcommerce.md 7)
        skus = {value} if name == "sku" else set(value.split(","))
        return lambda row: row["sku"] in skus
    if name == "is_visible":
        if value not in ("true", "false", "1", "0"):
            raise UnsettledError(f"is_visible={value}")
        return lambda row: row["is_visible"] == (value in ("true", "1"))
    bound = _moment(name, value, now)
    if name.endswith("min"):
        return lambda row: _modified(row) >= bound
    return lambda row: _modified(row) <= bound


def _modified(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["date_modified"])


def _moment(name: str, value: str, now: datetime) -> datetime:
    if len(value) == len("2025-01-15") and "T" not in value:
        try:
            day = datetime.fromisoformat(value).date()
        except ValueError:
            raise UnsettledError(f"{name}={value}") from None
        return datetime.combine(day, now.astimezone(UTC).time().replace(microsecond=0), UTC)
    moment = read(value)
    if moment is None:
        raise UnsettledError(f"{name}={value!r}: not a time with an offset (is its + encoded as %2B?)")
    return moment


def _number(name: str, value: str) -> int:
    if not value.isdigit():
        raise UnsettledError(f"{name}={value!r}, which is not a number")
    return int(value)
