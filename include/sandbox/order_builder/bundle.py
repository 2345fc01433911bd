"""The finished bundle: an order and its parts as BigCommerce states them, in the form of our cases."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from include.sandbox.order_builder.amounts import ZERO, four
from include.sandbox.order_builder.cart import Cart
from include.sandbox.order_builder.parts import STATUSES
from include.sandbox.order_builder.stated import JsonObject, address, costs, coupons, fee, pickup, product, tax_rows
from include.sandbox.order_builder.sums import PricedPlace, Sums, sums_of
from include.sandbox.order_builder.tenders import payment_fields, refunds_of, tenders_of, transactions_of

#: Status ids whose goods have left.
SHIPPED = (2, 10)


def bundle_of(cart: Cart) -> JsonObject:
    """Everything the shop states: order, products, shipping_addresses, pickups, taxes, fees, coupons, transactions, refunds."""
    sums = sums_of(cart)
    transactions = transactions_of(cart, sums)
    shipped = status_of(cart, sums) in SHIPPED
    return {
        "order": order_of(cart, sums),
        "products": [product(cart, sums, n, line, shipped=shipped) for n, line in enumerate(sums.lines, 1)],
        "shipping_addresses": [address(cart, sums, n, at, shipped=shipped) for n, at in _places(sums, "shipping")],
        "pickups": [pickup(cart, n, at) for n, at in _places(sums, "pickup")],
        "taxes": list(tax_rows(cart, sums)),
        "fees": [fee(cart, n, price) for n, price in enumerate(sums.fees)],
        "coupons": coupons(cart, sums),
        "transactions": _envelope(transactions),
        "refunds": _envelope(refunds_of(cart, sums, transactions)),
    }


def order_of(cart: Cart, sums: Sums) -> JsonObject:
    """The order itself, without the links that a server adds."""
    goods, shipping = sums.goods, sums.total_of("shipping")
    handling, wrapping = sums.total_of("handling"), sums.total_of("wrapping")
    taken = sums.certificate + sums.credit if cart.net_statement else ZERO
    off = dict.fromkeys(("manual", "promotion", "coupon"), ZERO)
    for line in sums.lines:
        for cut, amount in line.cuts:
            off[cut.kind] += amount
    status = status_of(cart, sums)
    units = sum(line.line.quantity for line in sums.lines)
    digital = all(line.line.place is None for line in sums.lines)
    modified = cart.modified_at or max([cart.placed_at, *_moments(cart, sums)])
    buyer = cart.buyer.spelled()
    order = {
        "id": cart.order_id,
        "customer_id": cart.customer_id,
        "date_created": _rfc(cart.placed_at),
        "is_tax_inclusive_pricing": cart.inclusive,
        "date_modified": _rfc(modified),
        "date_shipped": _rfc(modified) if status in SHIPPED and not digital else "",
        "status_id": status,
        "status": STATUSES[status],
        "subtotal_ex_tax": four(goods.ex),
        "subtotal_inc_tax": four(goods.inc),
        "subtotal_tax": four(goods.tax),
        **costs("shipping_cost", shipping, cart, tax_class=2),
        **costs("handling_cost", handling, cart, tax_class=2),
        **costs("wrapping_cost", wrapping, cart, tax_class=3),
        "total_ex_tax": four(sums.sold - sums.tax),
        "total_inc_tax": four(max(ZERO, sums.sold - taken)),
        "total_tax": four(sums.tax),
        "items_total": units,
        "items_shipped": units if status in SHIPPED and not digital else 0,
        **payment_fields(cart, sums),
        "payment_provider_id": None,
        "refunded_amount": "0.0000",
        "order_is_digital": digital,
        "store_credit_amount": four(sums.credit),
        "gift_certificate_amount": four(sums.certificate),
        "ip_address": "203.0.113.10",
        "ip_address_v6": "",
        "geoip_country": buyer["country"],
        "geoip_country_iso2": buyer["country_iso2"],
        "currency_id": 1,
        "currency_code": cart.currency,
        "currency_exchange_rate": "1.0000000000",
        "default_currency_id": 1,
        "default_currency_code": cart.currency,
        "staff_notes": "",
        "customer_message": "",
        "discount_amount": four(off["manual"] + off["promotion"]),
        "coupon_discount": four(off["coupon"]),
        "shipping_address_count": sum(at.place.kind == "shipping" for at in sums.places),
        "is_deleted": False,
        "ebay_order_id": "0",
        "cart_id": f"00000000-0000-4000-8000-{cart.order_id:012d}",
        "billing_address": {**buyer, "form_fields": []},
        "is_email_opt_in": False,
        "credit_card_type": None,
        "order_source": "www",
        "channel_id": 1,
        "external_source": None,
        "external_id": None,
        "external_merchant_id": None,
        "tax_provider_id": "BasicTaxProvider",
        "customer_locale": "en",
        "external_order_id": "",
        "store_default_currency_code": cart.store_currency,
        "store_default_to_transactional_exchange_rate": f"{cart.exchange_rate:.10f}",
        "custom_status": STATUSES[status],
    }
    return {**order, **cart.stated}


def status_of(cart: Cart, sums: Sums) -> int:
    """The status id: as told, or what the payments and refunds would leave."""
    if cart.status_id is not None:
        return cart.status_id
    if cart.refunds:
        return 4 if payment_fields(cart, sums)["payment_status"] == "refunded" else 14
    tenders = tenders_of(cart)
    if cart.tenders is not None and sums.left_to_pay and not any(tender.ok for tender in tenders):
        return 6 if tenders else 7
    return 11


def _moments(cart: Cart, sums: Sums) -> list[datetime]:
    return [datetime.fromisoformat(row["date_created"]) for row in transactions_of(cart, sums)]


def _places(sums: Sums, kind: str) -> Iterator[tuple[int, PricedPlace]]:
    return ((n, at) for n, at in enumerate(sums.places, 1) if at.place.kind == kind)


def _envelope(rows: list[JsonObject]) -> JsonObject:
    page = {"total": len(rows), "count": len(rows), "per_page": 50, "current_page": 1, "total_pages": 1}
    return {"data": rows, "meta": {"pagination": page}}


def _rfc(at: datetime) -> str:
    return format_datetime(at)
