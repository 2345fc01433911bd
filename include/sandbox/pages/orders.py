"""What the pages of the shop show: its orders as BigCommerce states them, and where they stand in the books."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from include.sandbox.bigcommerce.shop import Kept
from include.sandbox.pages.ledger import cut, documents_of, order_id_of, sums_of
from include.sandbox.pages.stock import shelves

if TYPE_CHECKING:
    from include.sandbox.town import Town

Json = dict[str, Any]
Page = tuple[str, Json] | None


def front(town: Town, request: Request) -> Page:
    """Both sides in figures, and the addresses of what runs here."""
    invoices = town.books.invoices()
    base = str(request.base_url).rstrip("/")
    shown = {
        "orders": len(town.shop),
        "statuses": Counter(kept.order["status"] for kept in town.shop).most_common(),
        "invoices": len(invoices),
        "invoice_statuses": Counter(row["Status"] for row in invoices).most_common(),
        "sums": sums_of(invoices, ("Total", "AmountPaid", "AmountDue")),
        "payments": len(town.books.payments()),
        "credit_notes": len(town.books.credit_notes()),
        "contacts": len(town.books.contacts()),
        "now": town.clock.now(),
        "addresses": [
            ("BigCommerce", f"{base}/stores/{town.shop.store_hash}"),
            ("Xero", f"{base}/api.xro/2.0"),
            ("Operating the sandbox", f"{base}/_sandbox"),
        ],
    }
    return "front.html", shown


def order_list(town: Town, request: Request) -> Page:
    """Every order, the latest first, with its invoice, and what is on the shelves."""
    kept = sorted(town.shop, key=lambda one: (one.created, one.order["id"]), reverse=True)
    shown, around = cut(kept, request)
    posted: dict[int, list[Json]] = {}
    for invoice in town.books.invoices():
        order_id = order_id_of(invoice, "InvoiceNumber", town)
        if order_id is not None:
            posted.setdefault(order_id, []).append(invoice)
    rows = [
        {
            "order": one.order,
            "buyer": buyer_of(one.order),
            "sold": sold(one),
            "invoices": posted.get(one.order["id"], []),
            "note": town.shop.notes.get(one.order["id"], ""),
        }
        for one in shown
    ]
    zone = town.shop.settings["timezone"]
    return "orders.html", {"rows": rows, "zone": zone, "shelves": shelves(town), **around}


def one_order(town: Town, request: Request) -> Page:
    """One order: what the shop states, and every document that tells of it."""
    kept = town.shop.get(request.path_params["order_id"])
    if kept is None:
        return None
    order = kept.order
    family = "inc_tax" if order.get("is_tax_inclusive_pricing", True) else "ex_tax"
    shown = {
        "order": order,
        "buyer": buyer_of(order),
        "note": town.shop.notes.get(order["id"], ""),
        "zone": town.shop.settings["timezone"],
        "family": family,
        "lines": [{**line, "off": off_of(line)} for line in kept.rows("products")],
        "sums": _sums(kept, family),
        "sold": sold(kept),
        "taxes": kept.rows("taxes"),
        "addresses": kept.rows("shipping_addresses"),
        "transactions": kept.rows("transactions"),
        "refunds": kept.rows("refunds"),
    }
    return "order.html", {**shown, **documents_of(town, order["id"])}


def buyer_of(order: Json) -> str:
    """Whom the order names: the company first, as an invoice would."""
    address = order["billing_address"]
    person = f"{address['first_name']} {address['last_name']}".strip()
    return f"{address['company']} ({person})" if address["company"] else person


def off_of(line: Json) -> Decimal:
    """All discounts on a line together."""
    return sum((Decimal(str(cut_["amount"])) for cut_ in line.get("applied_discounts", [])), Decimal(0))


def sold(kept: Kept) -> Decimal:
    """What was sold, from the lines and charges: the stated total may be net of certificates and credit."""
    order = kept.order
    charges = [order[f"{name}_cost_inc_tax"] for name in ("shipping", "handling", "wrapping")]
    lines = [line.get("discounted_total_inc_tax", line["total_inc_tax"]) for line in kept.rows("products")]
    fees = [fee["cost_inc_tax"] for fee in kept.rows("fees")]
    return sum((Decimal(str(amount)) for amount in (*lines, *charges, *fees)), Decimal(0))


def _sums(kept: Kept, family: str) -> list[tuple[str, Decimal]]:
    """The order's own arithmetic as a column: goods, what came off, what came on top. Empty rows are left out."""
    order = kept.order
    rows = [
        ("Goods", order[f"subtotal_{family}"]),
        ("Discount", -Decimal(str(order["discount_amount"]))),
        ("Coupons", -Decimal(str(order["coupon_discount"]))),
        ("Shipping", order[f"shipping_cost_{family}"]),
        ("Handling", order[f"handling_cost_{family}"]),
        ("Gift wrapping", order[f"wrapping_cost_{family}"]),
        *((fee["display_name_customer"], fee[f"cost_{family}"]) for fee in kept.rows("fees")),
    ]
    return [(name, Decimal(str(amount))) for name, amount in rows if name == "Goods" or Decimal(str(amount))]
