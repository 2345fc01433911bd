"""The parts of an order as BigCommerce states them: its lines, addresses, tax rows, fees and coupons."""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

from include.sandbox.order_builder.amounts import ZERO, four, plain
from include.sandbox.order_builder.cart import Cart
from include.sandbox.order_builder.parts import Cut, Tax
from include.sandbox.order_builder.pricing import Priced, PricedLine
from include.sandbox.order_builder.sums import PricedPlace, Sums
from include.sandbox.order_builder.tenders import fee_id, units_given_back

JsonObject = dict[str, Any]

#: `applied_discounts[].id` by kind of discount and whether it fell on the whole order. Manual ones are recorded
#: (order 519), coupons are the vendor's examples; a promotion's word is ours, since no source shows one.
DISCOUNT_IDS = {
    ("manual", True): "manual-discount",
    ("manual", False): "manual-discount",
    ("coupon", True): "total-coupon",
    ("coupon", False): "coupon",
    ("promotion", True): "discount",
    ("promotion", False): "discount",
}


def costs(name: str, cost: Priced, cart: Cart, *, tax_class: int) -> JsonObject:
    """A cost in its five fields: base, without tax, with tax, tax, tax class."""
    return {
        f"base_{name}": four(cost.inc if cart.inclusive else cost.ex),
        f"{name}_ex_tax": four(cost.ex),
        f"{name}_inc_tax": four(cost.inc),
        f"{name}_tax": four(cost.tax),
        f"{name}_tax_class_id": tax_class,
    }


def product_id_of(sku: str, name: str) -> int:
    """A catalogue id that is the same for a SKU in every order."""
    return 100 + crc32((sku or name).encode()) % 9000


def product(cart: Cart, sums: Sums, n: int, priced: PricedLine, *, shipped: bool) -> JsonObject:
    """One line of /products."""
    line, price, wrapping = priced.line, priced.price, priced.wrapping
    product_id = cart.order_id * 1000 + n
    real_total = price.inc if cart.inclusive else price.ex
    back = units_given_back(cart, line.sku)
    parent = next((m for m, other in enumerate(sums.lines, 1) if line.parent_sku == other.line.sku), None)
    is_pickup = line.place is not None and sums.places[line.place].place.kind == "pickup"
    sold = line.kind == "giftcertificate"
    product = {
        "id": product_id,
        "order_id": cart.order_id,
        "product_id": 0 if sold else product_id_of(line.sku, line.name),
        "variant_id": 0 if sold else product_id_of(line.sku, line.name) + 10_000,
        "order_pickup_method_id": 1 if is_pickup else 0,
        "order_address_id": 0 if line.place is None or is_pickup else cart.order_id * 10 + line.place + 1,
        "name": line.name,
        "name_customer": line.name,
        "name_merchant": line.name,
        "sku": line.sku,
        "upc": "",
        "type": line.kind,
        "base_price": four(line.price),
        "price_ex_tax": four(price.ex / line.quantity),
        "price_inc_tax": four(price.inc / line.quantity),
        "price_tax": four((price.inc - price.ex) / line.quantity),
        "base_total": four(real_total),
        "total_ex_tax": four(price.ex),
        "total_inc_tax": four(price.inc),
        "total_tax": four(price.tax),
        "quantity": line.quantity,
        "is_refunded": bool(back) and back >= line.quantity,
        "quantity_refunded": back,
        "refund_amount": "0.0000",
        "return_id": 0,
        "wrapping_name": "Gift paper" if wrapping.charged else "",
        **{
            key: value for key, value in costs("wrapping_cost", wrapping, cart, tax_class=3).items() if key[-2:] != "id"
        },
        "quantity_shipped": line.quantity if shipped and line.kind == "physical" else 0,
        "fixed_shipping_cost": "0.0000",
        "parent_order_product_id": None if parent is None else cart.order_id * 1000 + parent,
        "is_bundled_product": line.parent_sku is not None,
        "gift_certificate_id": product_id if sold else None,
        "applied_discounts": [_applied(cut, f"{four(amount)}") for cut, amount in priced.cuts],
        "product_options": [_option(product_id, m, *option) for m, option in enumerate(line.options, 1)],
        "configurable_fields": [],
        "discounted_total_inc_tax": four(price.charged),
    }
    return {**product, **line.stated}


def _applied(cut: Cut, amount: str) -> JsonObject:
    whole = cut.on is None and cut.percent is None
    return {
        "id": DISCOUNT_IDS[cut.kind, whole],
        "amount": amount,
        "name": cut.name,
        "code": cut.code,
        "target": "order" if whole else "product",
    }


def _option(product_id: int, n: int, name: str, value: str) -> JsonObject:
    return {
        "id": product_id * 10 + n,
        "option_id": n,
        "order_product_id": product_id,
        "product_option_id": n,
        "display_name": name,
        "display_name_customer": name,
        "display_name_merchant": name,
        "display_value": value,
        "display_value_customer": value,
        "display_value_merchant": value,
        "value": str(n),
        "type": "Multiple choice",
        "name": f"{name} options",
        "display_style": "Pick list",
    }


def address(cart: Cart, sums: Sums, n: int, at: PricedPlace, *, shipped: bool) -> JsonObject:
    """One row of /shipping_addresses."""
    assert at.place.address is not None
    units = sum(line.line.quantity for line in sums.lines if line.line.place == n - 1)
    money = {
        **costs("cost", at.shipping, cart, tax_class=2),
        **costs("handling_cost", at.handling, cart, tax_class=2),
    }
    return {
        "id": cart.order_id * 10 + n,
        "order_id": cart.order_id,
        **at.place.address.spelled(),
        "items_total": units,
        "items_shipped": units if shipped else 0,
        "shipping_method": at.place.method,
        **money,
        "shipping_zone_id": 1,
        "shipping_zone_name": at.place.address.spelled()["country"],
        "form_fields": [],
    }


def pickup(cart: Cart, n: int, at: PricedPlace) -> JsonObject:
    """A pick-up consignment, without its lines."""
    assert at.place.address is not None
    where = at.place.address.spelled()
    return {
        "id": cart.order_id * 10 + n,
        "pickup_method_id": 1,
        "pickup_method_display_name": "Pick up",
        "collection_instructions": "",
        "collection_time_description": "",
        "location": {
            "id": 1,
            "name": at.place.method,
            "code": "STORE-1",
            "address_line_1": where["street_1"],
            "address_line_2": "",
            "city": where["city"],
            "state": where["state"],
            "postal_code": where["zip"],
            "country_alpha2": where["country_iso2"],
            "email": "store@example.com",
            "phone": "",
        },
    }


def tax_rows(cart: Cart, sums: Sums) -> Iterator[JsonObject]:
    """The rows of /taxes?details=true: one a line or charge and rate. Fees have none, a cost of nothing has none."""
    rate_ids: dict[Tax, int] = {}
    wanted: list[tuple[str, int | None, int | None, Priced]] = []
    for n, line in enumerate(sums.lines, 1):
        place = line.line.place
        address = None if place is None else cart.order_id * 10 + place + 1
        wanted.append(("item", cart.order_id * 1000 + n, address, line.price))
        wanted.append(("gift-wrapping", cart.order_id * 1000 + n, address, line.wrapping))
    for n, at in enumerate(sums.places, 1):
        wanted.append(("shipping", None, cart.order_id * 10 + n, at.shipping))
        wanted.append(("handling", None, cart.order_id * 10 + n, at.handling))
    row_id = cart.order_id * 1000
    for kind, product_id, address_id, price in wanted:
        for tax, amount in price.rows:
            row_id += 1
            free = "Default Tax Class" if tax.rate else "Non-Taxable Products"
            row = {
                "id": row_id,
                "order_id": cart.order_id,
                "order_address_id": address_id,
                "tax_rate_id": rate_ids.setdefault(tax, len(rate_ids) + 1),
                "sales_tax_id": "",
                "tax_class_id": {"item": 0, "gift-wrapping": 3}.get(kind, 2),
                "name": tax.name,
                "class": {"item": free, "gift-wrapping": "Gift Wrapping"}.get(kind, "Shipping"),
                "rate": four(tax.rate),
                "priority": 0,
                "priority_amount": four(amount),
                "line_amount": four(amount),
                "order_pickup_method_id": 0,
                "order_product_id": product_id,
                "line_item_type": kind,
            }
            if address_id is None:
                del row["order_address_id"]
            yield row


def fee(cart: Cart, n: int, price: Priced) -> JsonObject:
    """One row of /fees."""
    told = cart.fees[n]
    return {
        "id": fee_id(cart, told.name),
        "type": "custom_fee",
        "display_name_customer": told.name,
        "display_name_merchant": told.name,
        "source": "",
        "base_cost": four(price.inc if cart.inclusive else price.ex),
        "cost_ex_tax": four(price.ex),
        "cost_inc_tax": four(price.inc),
        "cost_tax": four(price.tax),
        "tax_class_id": None,
    }


def coupons(cart: Cart, sums: Sums) -> list[JsonObject]:
    """The rows of /coupons."""
    rows = []
    for n, cut in enumerate((cut for cut in cart.cuts if cut.kind == "coupon"), 1):
        off = sum((amount for line in sums.lines for mine, amount in line.cuts if mine == cut), ZERO)
        kind = 1 if cut.percent is not None else (2 if cut.on is None else 0)
        told = cut.percent if cut.percent is not None else cut.amount
        rows.append(
            {
                "id": cart.order_id * 10 + n,
                "coupon_id": n,
                "order_id": cart.order_id,
                "code": cut.code,
                "amount": four(told or ZERO),
                "type": kind,
                "discount": plain(off),
            }
        )
    return rows
