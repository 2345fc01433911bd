"""V3 inventory: levels of items, locations, and the two adjustments.

Source  inventory.v3.yml, locations.v3.yml, the vendor's guide to inventory adjustments (reference bigcommerce.md 8).

The titles of two refusals are the description's examples: the wrong tracking mode, and a relative adjustment before any
absolute one. For the others the guide says that they are refused, not how: their titles are constructed. [U]
Nothing of a refused call is saved, unless `Stock.keeps_good_rows`: which the vendor does is [U] (reference 8), and nobody
may rely on either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from include.sandbox.bigcommerce.answers import UnsettledError, problem, unsettled, v3_page
from include.sandbox.bigcommerce.moments import iso
from include.sandbox.bigcommerce.shop import JsonObject, Shop
from include.sandbox.bigcommerce.stock import (
    DEFAULT_LOCATION,
    QUANTITY_MAX,
    ROWS_MAX,
    How,
    Location,
    Row,
    Stock,
    StockItem,
    figures,
    identity_of,
    is_whole,
)
from include.sandbox.ground import Answer, Asked, Handler

if TYPE_CHECKING:
    from include.sandbox.town import Town

PAGE_MAX_INVENTORY = 1_000  # inventory.v3.yml, locations.v3.yml

ITEM_FILTERS = ("sku:in", "variant_id:in", "product_id:in", "location_id:in", "location_code:in")
LOCATION_FILTERS = ("location_id:in", "location_code:in", "is_default", "is_active")

_INVALID = "Payload contains invalid fields"  # the title that the description gives to a bad payload of settings


def items(town: Town) -> Handler:
    """GET /inventory/items: every item with its level at every location that is asked for.

    That a location at which an item was never set is listed too, at 0, is [U].
    """

    def handler(asked: Asked) -> Answer:
        stock = town.shop.stock
        try:
            wanted = _item_test(asked.query)
            at = [place for place in stock.locations.values() if _is_asked_for(place, asked.query)]
        except UnsettledError as error:
            return unsettled(asked, str(error))
        # Without a location that fits, no item has anything to show.
        rows = [_item_answer(town.shop, item, at) for item in stock if at and wanted(item)]
        return v3_page(asked, rows, limit_max=PAGE_MAX_INVENTORY)

    return handler


def locations(town: Town) -> Handler:
    """GET /inventory/locations. The answer does not say which is the default: `is_default` asks for it."""

    def handler(asked: Asked) -> Answer:
        try:
            found = [place for place in town.shop.stock.locations.values() if _is_asked_for(place, asked.query)]
            for name, holds in (("is_default", _is_default), ("is_active", lambda place: place.enabled)):
                if name in asked.query:
                    wanted = _truth(name, asked.query[name])
                    found = [place for place in found if holds(place) is wanted]
        except UnsettledError as error:
            return unsettled(asked, str(error))
        rows = [_location_answer(town.shop, place) for place in found]
        return v3_page(asked, rows, limit_max=PAGE_MAX_INVENTORY)

    return handler


def adjust(town: Town, how: How) -> Handler:
    """PUT /inventory/adjustments/absolute and POST .../relative: all rows or none, and a transaction's id."""

    def handler(asked: Asked) -> Answer:
        try:
            body = asked.json()
        except ValueError:
            return unsettled(asked, "a body that is not JSON")
        stock = town.shop.stock
        try:
            rows = _rows(stock, body)
            _judge(stock, how, rows)
        except UnsettledError as error:
            return unsettled(asked, str(error))
        except _Refused as refusal:
            if stock.keeps_good_rows:
                _keep_the_good(stock, how, body)
            return problem(422, refusal.title if stock.names_refused_rows else _INVALID, refusal.errors)
        return Answer(200, {"transaction_id": stock.adjust(how, body.get("reason") or "", rows)})

    return handler


def _keep_the_good(stock: Stock, how: How, body: JsonObject) -> None:
    """Carry out the rows of a refused request that are right by themselves."""
    for row in body["items"] if isinstance(body.get("items"), list) else ():
        try:
            alone = _rows(stock, {"items": [row]})
            _judge(stock, how, alone)
        except (UnsettledError, _Refused):
            continue
        stock.adjust(how, body.get("reason") or "", alone)


class _Refused(Exception):  # noqa: N818 - it names what happened
    """The vendor's 422: a title, and errors by the path of the field."""

    def __init__(self, title: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(title)
        self.title = title
        self.errors = dict(errors or {})


def _rows(stock: Stock, body: object) -> list[Row]:
    """The rows of a request, each resolved to its item. Raises _Refused."""
    if not isinstance(body, dict) or not isinstance(body.get("items"), list) or not body["items"]:
        raise _Refused(_INVALID, {"items": "This field is required and must hold at least one item."})
    given = body["items"]
    if len(given) > ROWS_MAX:
        raise _Refused(_INVALID, {"items": f"At most {ROWS_MAX} items may be adjusted by one request."})
    if body.get("reason") is not None and not isinstance(body["reason"], str):
        raise _Refused(_INVALID, {"reason": "This field must be a string."})
    if errors := {path: why for position, row in enumerate(given) for path, why in _field_errors(position, row)}:
        raise _Refused(_INVALID, errors)
    known = stock.by_identity()
    named = [(identity_of(row) or ("sku", None), row) for row in given]
    if unknown := [_named(*identity) for identity, _ in named if identity not in known]:
        raise _Refused(f"Items with identity: [{', '.join(unknown)}] were not found")
    if nowhere := sorted({row["location_id"] for _, row in named if row["location_id"] not in stock.locations}):
        raise _Refused(f"Locations with id: [{', '.join(map(str, nowhere))}] were not found")
    for (name, value), _ in named:
        item = known[name, value]
        if item.tracked_by == "product" and name != "product_id":
            title = f"[Item with {name} {value} is tracked by product, please update stock by product id]"
            raise _Refused(title)
        if item.tracked_by == "variant" and name == "product_id":
            # The mirror of the description's example; this way round it is [U].
            raise _Refused(f"[Item with product_id {value} is tracked by variant, please update stock by variant id]")
    return [Row(known[identity], row["location_id"], row["quantity"]) for identity, row in named]


def _field_errors(position: int, row: object) -> list[tuple[str, str]]:
    where = f"items.{position}"
    if not isinstance(row, dict):
        return [(where, "This value must be an object.")]
    errors = []
    if identity_of(row) is None:
        errors.append((where, "Exactly one of sku, variant_id or product_id is required."))
    for name in ("location_id", "quantity"):
        if not is_whole(row.get(name)):
            errors.append((f"{where}.{name}", "This field is required and must be an integer."))
    for name in ("variant_id", "product_id"):
        if row.get(name) is not None and not is_whole(row[name]):
            errors.append((f"{where}.{name}", "This field must be an integer."))
    if row.get("sku") is not None and not isinstance(row["sku"], str):
        errors.append((f"{where}.sku", "This field must be a string."))
    return errors


def _judge(stock: Stock, how: How, rows: list[Row]) -> None:
    """Whether the levels allow these rows. Raises _Refused, or UnsettledError for what no source settles."""
    places = [(row.item.sku, row.location) for row in rows]
    if len(set(places)) < len(places):
        raise UnsettledError("an item that is adjusted twice at one location by one request")
    if closed := sorted({row.location for row in rows if not stock.locations[row.location].enabled}):
        raise _Refused(f"Locations with id: [{', '.join(map(str, closed))}] are disabled")
    if how == "absolute":
        if any(row.quantity < 0 for row in rows):
            raise UnsettledError("an absolute quantity below 0")
        settled = {row: row.quantity for row in rows}
    else:
        levels = {row: stock.level(row.item.sku, row.location) for row in rows}
        if unset := [_named_item(row.item) for row in rows if levels[row].on_hand is None]:
            raise _Refused(f"Items with identity: [{', '.join(unset)}] requires absolute adjustment before relative")
        settled = {row: (level.on_hand or 0) + row.quantity for row, level in levels.items()}
        # An absolute adjustment is never refused for this (guide). Raising a level that stays below is [U]: allowed.
        if short := [_named_item(r.item) for r in rows if r.quantity < 0 and settled[r] < levels[r].safety_stock]:
            raise _Refused(f"Items with identity: [{', '.join(short)}] have insufficient stock")
    if above := [_named_item(row.item) for row in rows if settled[row] > QUANTITY_MAX]:
        raise _Refused(f"Items with identity: [{', '.join(above)}] exceed the maximum inventory of {QUANTITY_MAX}")


def _named(name: str, value: object) -> str:
    return f"{name} {value}"


def _named_item(item: StockItem) -> str:
    """An item as the description's example names it, by the identity that its tracking mode asks for."""
    return _named("product_id", item.product_id) if item.tracked_by == "product" else _named("sku", item.sku)


def _item_test(query: Mapping[str, str]) -> Callable[[StockItem], bool]:
    wanted: dict[str, set[object]] = {}
    if "sku:in" in query:
        wanted["sku"] = set(query["sku:in"].split(","))
    for name in ("variant_id", "product_id"):
        if f"{name}:in" in query:
            wanted[name] = set(_numbers(f"{name}:in", query[f"{name}:in"]))
    return lambda item: all(getattr(item, name) in values for name, values in wanted.items())


def _is_asked_for(place: Location, query: Mapping[str, str]) -> bool:
    if "location_id:in" in query and place.id not in _numbers("location_id:in", query["location_id:in"]):
        return False
    return "location_code:in" not in query or place.code in query["location_code:in"].split(",")


def _numbers(name: str, value: str) -> list[int]:
    parts = value.split(",")
    if not all(part.isdigit() for part in parts):
        raise UnsettledError(f"{name}={value!r}, which is not a list of numbers")
    return [int(part) for part in parts]


def _truth(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise UnsettledError(f"{name}={value!r}, which is neither true nor false")
    return value == "true"


def _is_default(place: Location) -> bool:
    return place.id == DEFAULT_LOCATION


def _item_answer(shop: Shop, item: StockItem, at: list[Location]) -> JsonObject:
    now = shop.clock.now()
    levels = []
    for place in at:
        level = shop.stock.level(item.sku, place.id)
        settings = {
            "safety_stock": level.safety_stock,
            "is_in_stock": True,
            "warning_level": 0,
            "bin_picking_number": "",
        }
        levels.append(
            {
                "location_id": place.id,
                "location_code": place.code,
                "location_name": place.label,
                **figures(level, now),
                "location_enabled": place.enabled,
                "settings": settings,
            }
        )
    identity = {"sku": item.sku, "variant_id": item.variant_id, "product_id": item.product_id, "sku_id": None}
    return {"identity": identity, "locations": levels}


def _location_answer(shop: Shop, place: Location) -> JsonObject:
    return {
        "id": place.id,
        "code": place.code,
        "label": place.label,
        "description": "",
        "managed_by_external_source": False,
        "type_id": "PHYSICAL",
        "enabled": place.enabled,
        "operating_hours": {},
        "time_zone": shop.settings["timezone"],
        "created_at": iso(place.created),
        "updated_at": iso(place.created),
        "address": {
            "address1": "1 Example Street",
            "address2": "",
            "city": "Sydney",
            "state": "NSW",
            "zip": "2000",
            "email": "shop@example.com",
            "phone": "",
            "geo_coordinates": {"latitude": 0, "longitude": 0},
            "country_code": shop.settings["country_code"],
        },
        "storefront_visibility": True,
    }
