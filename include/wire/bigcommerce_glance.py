"""An ordinary BigCommerce order at a glance: few fields, and None for every order that is not plainly ordinary."""

from collections.abc import Iterator
from typing import Any

from include.domain.glance import Glance
from include.domain.order import Place
from include.domain.proof import Piece
from include.wire.bigcommerce_shapes import JsonObject, exact, moment, text, whole

# An order with any of these is looked at whole.
_EXTRAS = (
    "handling_cost_inc_tax",
    "handling_cost_ex_tax",
    "handling_cost_tax",
    "wrapping_cost_inc_tax",
    "wrapping_cost_ex_tax",
    "gift_certificate_amount",
    "store_credit_amount",
)


def glance_of(row: JsonObject) -> Glance | None:
    """The order at a glance, or None: it is not ordinary, or a field is not as usual (the whole look says which)."""
    try:
        consignments = row["consignments"]
        if row["fees"] or any(exact(row[name]) for name in _EXTRAS) or not isinstance(row["is_deleted"], bool):
            return None
        if consignments["pickups"] or consignments["downloads"] or consignments["email"]["gift_certificates"]:
            return None
        (delivery,) = consignments["shipping"]
        inclusive = row["is_tax_inclusive_pricing"]
        currency = text(row["default_currency_code"])
        if not isinstance(inclusive, bool) or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            return None
        pieces = tuple(_pieces(row, delivery, inclusive))
        return Glance(
            created_at=moment(row["date_created"]),
            modified_at=moment(row["date_modified"]),
            status_id=whole(row["status_id"]),
            archived=row["is_deleted"],
            payment_method=text(row["payment_method"]),
            payment_status=text(row["payment_status"]),
            currency=currency,
            inclusive=inclusive,
            total_inc=exact(row["total_inc_tax"]),
            pieces=pieces,
        )
    except (KeyError, TypeError, ValueError):
        return None


def _pieces(row: JsonObject, delivery: JsonObject, inclusive: bool) -> Iterator[Piece]:
    """The lines, then shipping. Raises what an unusual form raises."""
    delivered = Place(text(delivery["country_iso2"]), text(delivery["state"]))
    address_id = whole(delivery["id"])
    for line in delivery["line_items"]:
        if line["type"] != "physical" or line["applied_discounts"] or line["order_pickup_method_id"]:
            raise ValueError("not an ordinary line")
        if whole(line["order_address_id"]) != address_id:
            raise ValueError("a line that goes elsewhere")
        before = exact(line["total_inc_tax"] if inclusive else line["total_ex_tax"])
        discounted: Any = line["discounted_total_inc_tax"] if inclusive else None
        yield Piece(
            "item",
            text(line["sku"]).strip() or text(line["name"]),
            before if discounted is None or discounted == "" else exact(discounted),
            exact(line["total_tax"]),
            delivered,
            whole(line["quantity"]),
            before,
            None,
            None,
            whole(line["id"]),
        )
    inc, ex, tax = (exact(row[f"shipping_cost_{family}"]) for family in ("inc_tax", "ex_tax", "tax"))
    if inc or ex or tax:
        amount = inc if inclusive else ex
        tax_class: Any = row["shipping_cost_tax_class_id"]
        class_id = None if tax_class is None or tax_class == "" else whole(tax_class)
        yield Piece("shipping", "shipping", amount, tax, delivered, 1, amount, None, class_id, address_id)
