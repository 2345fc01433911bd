"""Orders out of the vendor's examples: as they were captured, or made for parts that were shown without one.

The examples are read where they lie (`BRIDGE_SHARED`, else `../shared` beside the repository), and are no part of it.
"""

import json
import os
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from include.sandbox.order_builder import OrderBuilder, an_order, as_json

ROOT = Path(__file__).parents[3]
EXAMPLES = Path(os.environ.get("BRIDGE_SHARED") or ROOT.parent / "shared") / "specs" / "bigcommerce" / "examples"
NOTHING: list[Any] = []  # the shop was asked, and has none


def content(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"), parse_float=Decimal)


def built(sold: OrderBuilder) -> dict[str, Any]:
    """An order made for parts that were shown without one, as the shop would send it."""
    return json.loads(as_json(sold.build()), parse_float=Decimal)


def as_given(order: str, products: str = "", addresses: str = "", **more: Any) -> Callable[[], dict[str, Any]]:
    """The order as it was captured, with those of its parts that were."""

    def made() -> dict[str, Any]:
        bundle = {"order": content(order), **more}
        if products:
            bundle["products"] = content(products)
        if addresses:
            bundle["shipping_addresses"] = content(addresses)
        return bundle

    return made


def of_list(name: str, index: int, **parts: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"order": content(name)[index], **{part: content(file) for part, file in parts.items()}}


def around(
    order_id: int,
    total: str,
    tax: str,
    placed: str,
    *,
    units: int = 1,
    parts: Callable[[], Mapping[str, Any]],
    currency: str = "USD",
    **stated: Any,
) -> Callable[[], dict[str, Any]]:
    """An order made for parts that were shown without one: paid by card in full, prices before tax, to Texas."""

    def made() -> dict[str, Any]:
        sold = an_order(order_id).placed(placed).in_currency(currency).bought_by("Jo Park", customer=7, country="US")
        bundle = built(sold.line("X", price=total, tax="0").paid("card"))
        order = bundle["order"] | {
            "total_tax": tax,
            "total_ex_tax": f"{Decimal(total) - Decimal(tax):.4f}",
            "items_total": units,
            "is_tax_inclusive_pricing": False,
            **stated,
        }
        order["billing_address"]["state"] = "Texas"
        given = {"order": order, "products": bundle["products"], "transactions": bundle["transactions"]}
        return {**given, **parts()}

    return made


def with_one_line(name: str) -> Callable[[], dict[str, Any]]:
    """An order whose lines were not captured, as if they were one: its own sums leave that line one price."""

    def made() -> dict[str, Any]:
        order = content(name)
        line = {"id": 1, "name": "Goods", "quantity": order["items_total"]}
        line |= {f"total_{part}": order[f"subtotal_{part}"] for part in ("inc_tax", "ex_tax", "tax")}
        return {"order": order, "products": [line], "transactions": NOTHING}

    return made


def mixed_tender() -> dict[str, Any]:
    """One lamp at 110.00, for which the example's three payments are made."""
    sold = an_order(9001).placed("2026-05-04T01:02:03Z").line("LAMP", price="110.00")
    bundle = built(sold.gift_certificate("25.00").store_credit("10.00").paid("card"))
    return {**bundle, "transactions": content("constructed-order9001-transactions-mixed-tender")}


def two_refunds() -> dict[str, Any]:
    """A mug at 33.00, which is the line that is given back, and a lamp at 77.00."""
    sold = an_order(9002).placed("2026-05-04T01:02:03Z").line("MUG", price="33.00").line("LAMP", price="77.00")
    bundle = built(sold.status(14))
    bundle["products"][0]["id"] = 801
    return {
        **bundle,
        "taxes": None,
        "transactions": content("constructed-order9002-transactions-auth-capture-refund"),
        "refunds": content("constructed-order9002-refunds-two-partials"),
    }


def two_states() -> dict[str, Any]:
    """A hat at 220.50 to one address and a sock at 55.00 to the other; 8 % of them is what the example's rows say."""
    sold = an_order(138).placed("2026-05-04T19:00:00Z").in_currency("USD").bought_by("Jo Park", country="US")
    sold = sold.prices_without_tax().sent_to("US", state="Texas").line("HAT", price="220.50", tax=("Tax", "8"))
    sold = sold.sent_to("US", state="California").line("SOCK", price="55.00", tax=("Tax", "8"))
    bundle = built(sold.paid("card"))
    for address, line, address_id in zip(bundle["shipping_addresses"], bundle["products"], (39, 40), strict=True):
        address["id"] = line["order_address_id"] = address_id
    return {**bundle, "taxes": content("order-taxes-v2-spec-order138-two-addresses")}


def old_coupon() -> dict[str, Any]:
    """The line of an older shop, in an order that does not say either whether its prices include tax."""
    sold = an_order(115).placed("2026-05-04T01:00:00Z").line("X", price="88.52", tax="0")
    bundle = built(sold.paid("card"))
    del bundle["order"]["is_tax_inclusive_pricing"]
    lines = content("vendor-order115-products-coupon-old-shape")
    return {"order": bundle["order"], "products": lines, "transactions": bundle["transactions"]}


def one_line(name: str) -> Callable[[], Mapping[str, Any]]:
    return lambda: {"products": [content(name)]}


def with_addresses(name: str, line: tuple[str, str, str]) -> Callable[[], Mapping[str, Any]]:
    """The example's addresses, and one line that goes to the first of them: net, tax, gross."""

    def made() -> Mapping[str, Any]:
        addresses = content(name)
        addresses = addresses if isinstance(addresses, list) else [addresses]
        sold = {"id": 1, "name": "Goods", "sku": "GOODS", "quantity": 1, "order_address_id": addresses[0]["id"]}
        net, tax, gross = line
        sold |= {"total_ex_tax": net, "total_tax": tax, "total_inc_tax": gross}
        return {"products": [sold], "shipping_addresses": addresses}

    return made


def shipping(net: str, tax: str) -> dict[str, str]:
    gross = f"{Decimal(net) + Decimal(tax):.4f}"
    return {"shipping_cost_ex_tax": net, "shipping_cost_tax": tax, "shipping_cost_inc_tax": gross}
