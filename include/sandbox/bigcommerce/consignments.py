"""Where an order's lines go: the object structure of V2 consignments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from include.sandbox.bigcommerce.shop import JsonObject, Kept

LINES_MAX = 50  # reference bigcommerce.md 0.7 and github.com/bigcommerce/docs issue 960
#: The words are ours: the source says that there is a warning, not how it reads.
WARNING = f"line_items is limited to {LINES_MAX} (sandbox wording)"

_COSTS = (
    "base_cost",
    "cost_ex_tax",
    "cost_inc_tax",
    "cost_tax",
    "base_handling_cost",
    "handling_cost_ex_tax",
    "handling_cost_inc_tax",
    "handling_cost_tax",
)


def consignments_of(kept: Kept, links: str, *, with_lines: bool) -> JsonObject:
    """All four groups, each consignment with its lines: whole, or as links below `links` (the order's own address).

    Shipping money is JSON numbers here and text everywhere else, as in the vendor's example (order-consignments-v2-spec).
    """
    lines = kept.rows("products")
    digital = [line for line in lines if line["type"] == "digital"]
    certificates = [line for line in lines if line["type"] == "giftcertificate"]
    recipient = kept.order["billing_address"]["email"]

    def group(mine: list[JsonObject]) -> JsonObject:
        if with_lines:
            shown: list[JsonObject] = mine[:LINES_MAX]
        else:
            shown = [_link(links, f"products/{line['id']}") for line in mine[:LINES_MAX]]
        return {"line_items": shown, **({"__warning__": WARNING} if len(mine) > LINES_MAX else {})}

    shipping = [
        {
            **_shipping(address, links),
            **group([line for line in lines if _goes_to(line, address["id"])]),
        }
        for address in kept.rows("shipping_addresses")
    ]
    pickups = [
        {
            **pickup,
            **group([line for line in lines if line["type"] == "physical" and line.get("order_pickup_method_id")]),
        }
        for pickup in kept.rows("pickups")
    ]
    return {
        "pickups": pickups,
        "shipping": shipping,
        "downloads": [{"recipient_email": recipient, **group(digital)}] if digital else [],
        "email": {"gift_certificates": [{"recipient_email": recipient, **group(certificates)}] if certificates else []},
    }


def _goes_to(line: JsonObject, address_id: int) -> bool:
    return bool(line["type"] == "physical" and line["order_address_id"] == address_id)


def _shipping(address: JsonObject, links: str) -> JsonObject:
    known = {name: value for name, value in address.items() if name != "order_id"}
    money: dict[str, Any] = {name: Decimal(str(known.get(name, 0))) for name in _COSTS}
    return {
        **known,
        **money,
        "cost_tax_class_id": known.get("cost_tax_class_id", 0),
        "handling_cost_tax_class_id": known.get("handling_cost_tax_class_id", 0),
        "shipping_zone_id": known.get("shipping_zone_id", 0),
        "shipping_zone_name": known.get("shipping_zone_name", ""),
        "shipping_quotes": _link(links, f"consignments/shipping/{address['id']}/shipping_quotes"),
    }


def _link(links: str, what: str) -> JsonObject:
    return {"url": f"{links}/{what}", "resource": f"/orders/{links.rpartition('/orders/')[2]}/{what}"}
