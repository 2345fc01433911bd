"""The money of an order: V3 transactions and refunds, and what the order says about its payment."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from include.sandbox.order_builder.amounts import ZERO, half_up, plain
from include.sandbox.order_builder.cart import Cart
from include.sandbox.order_builder.parts import Refund, Tender
from include.sandbox.order_builder.pricing import Priced
from include.sandbox.order_builder.sums import Sums, sums_of


@dataclass(frozen=True, slots=True)
class Way:
    """How money travels: the order's display text, and the transaction's method and gateway."""

    name: str
    method: str
    gateway: str
    offline: bool = False


#: Ways that have a short name here. Any other word is a custom method under that very name.
WAYS = {
    "card": Way("Credit Card", "credit_card", "stripe"),
    "paypal": Way("PayPal", "electronic_wallet", "paypalexpress"),
    "apple pay": Way("Apple Pay", "apple_pay_card", "stripe"),
    "bank deposit": Way("Bank Deposit", "offline", "bankdeposit", offline=True),
    "cheque": Way("Check", "offline", "cheque", offline=True),
    "cash on delivery": Way("Cash on Delivery", "offline", "cod", offline=True),
    "gift_certificate": Way("Gift Certificate", "gift_certificate", "bigcommerce"),
    "store_credit": Way("Store Credit", "store_credit", "bigcommerce"),
}

_CARD = {
    "card_type": "visa",
    "card_iin": "411111",
    "card_last4": "1111",
    "card_expiry_month": 12,
    "card_expiry_year": 2030,
}


def way_of(by: str) -> Way:
    """The way that a word names."""
    return WAYS.get(by.lower()) or Way(by, "custom", "custom")


def tenders_of(cart: Cart) -> tuple[Tender, ...]:
    """The order's payments, certificates and credit apart. Nothing said: paid in full by card, if anything is due."""
    return (Tender("card", "purchase"),) if cart.tenders is None else cart.tenders


def fixed_tenders(cart: Cart) -> tuple[Tender, ...]:
    """The order's payments with every amount named, as they come to today."""
    return tuple(replace(tender, amount=amount) for tender, amount in _with_amounts(cart, sums_of(cart)))


def _with_amounts(cart: Cart, sums: Sums) -> list[tuple[Tender, Decimal]]:
    """Each payment with its amount; one without takes what the money taken before it left."""
    left, reserved, rows = sums.left_to_pay, ZERO, []
    for tender in tenders_of(cart):
        amount = tender.amount
        if amount is None:
            amount = reserved if tender.event == "void" else left
        if tender.ok and tender.event in ("purchase", "capture", "settled"):
            left -= amount
        if tender.event == "authorization":
            reserved = amount
        if amount:
            rows.append((tender, amount))
    return rows


def payment_fields(cart: Cart, sums: Sums) -> dict[str, Any]:
    """What the order itself says: `payment_method` (display text) and `payment_status`."""
    tenders = [tender for tender, _ in _with_amounts(cart, sums)]
    if cart.payment_name is not None:
        name = way_of(cart.payment_name).name
    elif tenders:
        name = way_of(tenders[0].by).name
    elif sums.certificate:
        name = WAYS["gift_certificate"].name
    else:
        name = WAYS["store_credit"].name if sums.credit else ""
    return {"payment_method": name, "payment_status": _payment_status(cart, sums, tenders)}


def _payment_status(cart: Cart, sums: Sums, tenders: list[Tender]) -> str:
    if cart.refunds:
        given_back = sum((given_back_by(cart, sums, at)[0] for at in range(len(cart.refunds))), ZERO)
        return "refunded" if given_back >= sums.sold else "partially refunded"
    if any(tender.ok and tender.event in ("purchase", "capture", "settled") for tender in tenders):
        return "captured"
    if not tenders:
        return "captured" if sums.certificate or sums.credit else ("pending" if cart.tenders is not None else "")
    last = tenders[-1]
    return {"authorization": "authorized", "void": "void", "pending": "pending"}.get(last.event, "declined")


def transactions_of(cart: Cart, sums: Sums) -> list[dict[str, Any]]:
    """The V3 rows: certificate and credit first, as checkout takes them, then the payments, then refunds."""
    rows: list[dict[str, Any]] = []
    for way, (amount, worth) in (("gift_certificate", cart.certificate), ("store_credit", cart.credit)):
        if amount:
            rows.append(_row(cart, len(rows) + 1, way, "purchase", amount, cart.placed_at, worth=worth))
    parents: dict[str, int] = {}
    for tender, amount in _with_amounts(cart, sums):
        row = _row(
            cart, len(rows) + 1, tender.by, tender.event, amount, tender.at or cart.placed_at, tender.ok, tender.test
        )
        if tender.event in ("capture", "void"):
            row["reference_transaction_id"] = parents.get(tender.by)
        if tender.event in ("authorization", "purchase"):
            parents[tender.by] = row["id"]
        rows.append(row)
    for at, refund in enumerate(cart.refunds):
        for way, amount in _ways_of(refund, given_back_by(cart, sums, at)[0]):
            row = _row(cart, len(rows) + 1, way, "refund", amount, _moment_of(cart, refund, at), not refund.declined)
            row["reference_transaction_id"] = parents.get(way)
            rows.append(row)
    return rows


def refunds_of(cart: Cart, sums: Sums, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The V3 refund records, each payment naming its transaction."""
    of_refunds = iter([row for row in rows if row["event"] == "refund"])
    records = []
    for at, refund in enumerate(cart.refunds):
        total, tax = given_back_by(cart, sums, at)
        refund_id = cart.order_id * 10 + at + 1
        payments = [
            {
                "id": refund_id * 10 + n,
                "provider_id": {"bigcommerce": "storecredit"}.get(way_of(way).gateway, way_of(way).gateway),
                "amount": plain(amount),
                "offline": way_of(way).offline or way == "store_credit",
                "is_declined": refund.declined,
                "declined_message": "Declined by provider" if refund.declined else "",
                "transaction_id": str(next(of_refunds)["id"]),
            }
            for n, (way, amount) in enumerate(_ways_of(refund, total))
        ]
        record = {
            "id": refund_id,
            "order_id": cart.order_id,
            "user_id": 0,
            "created": _iso(_moment_of(cart, refund, at)),
            "reason": refund.reason,
            "total_amount": plain(total),
            "total_tax": plain(tax),
            "uses_merchant_override_values": refund.override is not None,
            "items": _items_of(cart, sums, refund),
            "payments": payments,
        }
        if refund.recorded:
            records.append(record)
    return records


def units_given_back(cart: Cart, sku: str, before: int | None = None) -> int:
    """How many units of a SKU were refunded, by all refunds or by the first `before` of them."""
    return sum(count for refund in cart.refunds[:before] for name, count in refund.units if name == sku)


def given_back_by(cart: Cart, sums: Sums, at: int) -> tuple[Decimal, Decimal]:
    """Total and tax of one refund: shares of the lines after discounts, so that all units give back the whole line."""
    refund = cart.refunds[at]
    if refund.override is not None:
        return refund.override
    total, tax = refund.free_amount, ZERO
    for sku, count in refund.units:
        line = next(line for line in sums.lines if line.line.sku == sku)
        before = units_given_back(cart, sku, at)
        for whole in (line.price.charged, line.price.tax):
            share = _share(whole, before + count, line.line.quantity) - _share(whole, before, line.line.quantity)
            total, tax = (total + share, tax) if whole is line.price.charged else (total, tax + share)
    for sku in refund.wrapping:
        wrapped = next(line.wrapping for line in sums.lines if line.line.sku == sku)
        total, tax = total + wrapped.charged, tax + wrapped.tax
    charges: list[tuple[Decimal, Priced]] = [
        (refund.shipping, sums.total_of("shipping")),
        (refund.handling, sums.total_of("handling")),
        *((amount, _fee(cart, sums, name)) for name, amount in refund.fees),
    ]
    for amount, charge in charges:
        if amount:
            total, tax = total + amount, tax + half_up(charge.tax * amount / charge.charged)
    return total, tax


def _fee(cart: Cart, sums: Sums, name: str) -> Priced:
    return next(fee for told, fee in zip(cart.fees, sums.fees, strict=True) if told.name == name)


def _share(whole: Decimal, units: int, quantity: int) -> Decimal:
    return half_up(whole * units / quantity)


def _ways_of(refund: Refund, total: Decimal) -> list[tuple[str, Decimal]]:
    return [(way, total if amount is None else amount) for way, amount in refund.to]


def _moment_of(cart: Cart, refund: Refund, at: int) -> datetime:
    return refund.at or cart.placed_at + timedelta(days=at + 1)


def _items_of(cart: Cart, sums: Sums, refund: Refund) -> list[dict[str, Any]]:
    product_ids = {line.line.sku: cart.order_id * 1000 + n for n, line in enumerate(sums.lines, 1)}
    address_id = cart.order_id * 10 + 1
    plain_item: dict[str, Any] = {"reason": refund.reason, "adjustments": []}
    items = [
        {"item_type": "PRODUCT", "item_id": product_ids[sku], "quantity": count, "requested_amount": None, **plain_item}
        for sku, count in refund.units
    ]
    amounts = [
        *(("GIFT_WRAPPING", product_ids[sku], None) for sku in refund.wrapping),
        ("SHIPPING", address_id, refund.shipping),
        ("HANDLING", address_id, refund.handling),
        *(("FEE", fee_id(cart, name), amount) for name, amount in refund.fees),
        ("ORDER", cart.order_id, refund.free_amount),
    ]
    for kind, item_id, amount in amounts:
        if amount is None or amount:
            requested = None if amount is None else plain(amount)
            items.append(
                {"item_type": kind, "item_id": item_id, "requested_amount": requested, "reason": refund.reason}
            )
    return items


def fee_id(cart: Cart, name: str) -> int:
    """The id of the fee of this name."""
    return cart.order_id * 10 + next(n for n, fee in enumerate(cart.fees, 1) if fee.name == name)


def _row(
    cart: Cart,
    n: int,
    by: str,
    event: str,
    amount: Decimal,
    at: datetime,
    ok: bool = True,
    test: bool = False,
    *,
    worth: Decimal | None = None,
) -> dict[str, Any]:
    way = way_of(by)
    row_id = cart.order_id * 100 + n
    before = plain(amount if worth is None else worth)
    is_certificate, is_credit = way.method == "gift_certificate", way.method == "store_credit"
    return {
        "id": row_id,
        "order_id": str(cart.order_id),
        "event": event,
        "method": way.method,
        "amount": plain(amount),
        "currency": cart.currency,
        "gateway": way.gateway,
        "gateway_transaction_id": "" if way.gateway == "bigcommerce" or way.offline else f"gw_{cart.order_id}_{n}",
        "status": "ok" if ok else "error",
        "test": test,
        "fraud_review": False,
        "reference_transaction_id": None,
        "date_created": _iso(at),
        "avs_result": {},
        "cvv_result": {},
        "credit_card": dict(_CARD) if way.method == "credit_card" else None,
        "gift_certificate": {
            "code": f"GC-{cart.order_id}",
            "original_balance": before,
            "starting_balance": before,
            "remaining_balance": plain(before - amount),
        }
        if is_certificate
        else None,
        "store_credit": {"remaining_balance": plain(before - amount)} if is_credit and event != "refund" else None,
        "offline": {"display_name": way.name} if way.offline else None,
        "custom": {"payment_method": way.name} if way.method == "custom" else None,
        "payment_method_id": f"{way.gateway}.{'card' if way.method == 'credit_card' else way.method}",
    }


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
