"""A BigCommerce order, gathered from its parts, as an `Order` (reference bigcommerce.md 4 to 6).

Nothing is guessed: what the books need and the shop did not send, or sent in a form that we do not know, is a `Problem`
that names the field. Fields that we do not use are ignored, since the vendor adds new ones unannounced (reference 2).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from include.domain.money import ZERO
from include.domain.order import (
    NO_COST,
    Cost,
    Delivery,
    Discount,
    Fee,
    Line,
    Order,
    Person,
    Place,
    Recipient,
)
from include.wire.bigcommerce_money import refund_of, tax_row_of, tender_of
from include.wire.bigcommerce_rows import MisreadError, Problem, read_as
from include.wire.bigcommerce_shapes import (
    AddressShape,
    ConsignmentShape,
    FeeShape,
    JsonObject,
    OrderShape,
    ProductShape,
    WrappingShape,
    text,
)

_RECIPIENT = ("first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country")


def gathered(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Parts by name with their pages joined and V3 envelopes opened: `products/1`, `products/2` -> `products`."""
    joined: dict[str, Any] = {}
    for name in sorted(parts, key=lambda each: (each.partition("/")[0], int(each.partition("/")[2] or 0))):
        content = parts[name]
        if isinstance(content, Mapping) and "data" in content:
            content = content["data"]
        base = name.partition("/")[0]
        if isinstance(content, list) and isinstance(joined.get(base), list):
            joined[base] = joined[base] + content
        else:
            joined[base] = content
    return joined


def order_of(parts: Mapping[str, Any]) -> Order | tuple[Problem, ...]:
    """The order, or everything that is wrong with it.

    parts   gathered parts: `order` always; `products`, `shipping_addresses`, `taxes`, `transactions`, `refunds`,
            `fees`, `metafields` where they were read. JSON numbers with a fraction must have been read as Decimal.
    """
    try:
        order = read_as(OrderShape, parts["order"])
        rows = _product_rows(parts, order)
        products = [read_as(ProductShape, row, "products", at) for at, row in enumerate(rows)]
        return _assembled(order, products, _wrappings(order, rows), parts)
    except MisreadError as misread:
        return misread.problems


def _groups(order: OrderShape, kind: str) -> Sequence[JsonObject]:
    """The consignments of one kind; a link object or nothing has none. Raises MisreadError for another form."""
    consignments = order.consignments
    if not isinstance(consignments, dict):
        return []
    groups = consignments.get(kind) or []
    if kind == "email":
        groups = groups.get("gift_certificates") or [] if isinstance(groups, dict) else []
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise MisreadError(
            Problem("unknown_shape", f"consignments.{kind}", f"consignments.{kind}: a list was expected.")
        )
    return groups


def _product_rows(parts: Mapping[str, Any], order: OrderShape) -> Sequence[JsonObject]:
    """The lines: from the product list where it was read, since consignments are cut at 50 lines (reference 0.7)."""
    if parts.get("products") is not None:
        rows: Sequence[JsonObject] = parts["products"]
        return rows
    found: list[JsonObject] = []
    for kind in ("shipping", "pickups", "downloads", "email"):
        for group in _groups(order, kind):
            rows = group.get("line_items") or ()
            if isinstance(rows, dict):  # a link: its lines were not read, and "no lines" is what is told
                continue
            # Rows that were not included are links, and come another way; a line without an id is no link.
            found += [row for row in rows if not (isinstance(row, dict) and "url" in row and "id" not in row)]
    return found


def _places(
    order: OrderShape, addresses: Sequence[JsonObject]
) -> tuple[tuple[Delivery, ...], dict[int, Place], dict[int, Place]]:
    consignments = [read_as(ConsignmentShape, row, "shipping_addresses", at) for at, row in enumerate(addresses)]
    deliveries = tuple(
        Delivery(
            each.id,
            Place(each.country_iso2, each.state),
            Cost(each.cost_inc_tax, each.cost_ex_tax, each.cost_tax, each.cost_tax_class_id),
            Cost(
                each.handling_cost_inc_tax,
                each.handling_cost_ex_tax,
                each.handling_cost_tax,
                each.handling_cost_tax_class_id,
            ),
        )
        for each in consignments
    )
    pickups: dict[int, Place] = {}
    for group in _groups(order, "pickups"):
        location = group.get("location") or {}
        place = Place(text(location.get("country_alpha2")), text(location.get("state")))
        pickups[int(group.get("pickup_method_id") or 0)] = place
    return deliveries, {delivery.id: delivery.place for delivery in deliveries}, pickups


def _assembled(
    order: OrderShape, products: Sequence[ProductShape], wrappings: Sequence[Cost], parts: Mapping[str, Any]
) -> Order:
    addresses = parts.get("shipping_addresses") or _groups(order, "shipping")
    deliveries, by_address, by_pickup = _places(order, addresses)
    billing = Place(order.billing_address.country_iso2, order.billing_address.state)
    fees = order.fees if isinstance(order.fees, list) else parts.get("fees") or []

    def place_of(product: ProductShape) -> Place:
        if product.type == "physical" and product.order_pickup_method_id:
            return by_pickup.get(product.order_pickup_method_id, billing)
        return by_address.get(product.order_address_id or 0, billing) if product.type == "physical" else billing

    return Order(
        id=order.id,
        external_id=order.external_order_id,
        customer_id=order.customer_id,
        created_at=order.date_created,
        modified_at=order.date_modified,
        status_id=order.status_id,
        archived=order.is_deleted,
        prices_include_tax=order.is_tax_inclusive_pricing,
        currency=order.default_currency_code,
        base_currency=order.store_default_currency_code,
        base_rate=order.store_default_to_transactional_exchange_rate or ZERO,
        total_inc=order.total_inc_tax,
        total_ex=order.total_ex_tax,
        total_tax=order.total_tax,
        shipping=Cost(
            order.shipping_cost_inc_tax,
            order.shipping_cost_ex_tax,
            order.shipping_cost_tax,
            order.shipping_cost_tax_class_id,
        ),
        handling=Cost(
            order.handling_cost_inc_tax,
            order.handling_cost_ex_tax,
            order.handling_cost_tax,
            order.handling_cost_tax_class_id,
        ),
        wrapping=Cost(
            order.wrapping_cost_inc_tax,
            order.wrapping_cost_ex_tax,
            order.wrapping_cost_tax,
            order.wrapping_cost_tax_class_id,
        ),
        gift_certificate_amount=order.gift_certificate_amount,
        store_credit_amount=order.store_credit_amount,
        units=order.items_total,
        payment_method=order.payment_method,
        payment_status=order.payment_status,
        source=order.order_source,
        external_source=order.external_source,
        channel_id=order.channel_id or 1,
        person=_person(order.billing_address),
        lines=tuple(
            _line(product, place_of(product), wrapping) for product, wrapping in zip(products, wrappings, strict=True)
        ),
        fees=tuple(_fee(read_as(FeeShape, row, "fees", at)) for at, row in enumerate(fees)),
        deliveries=deliveries,
        tax_rows=_optional(parts, "taxes", tax_row_of),
        tenders=_optional(parts, "transactions", tender_of),
        refunds=_optional(parts, "refunds", refund_of),
        pays_an_invoice=_pays_an_invoice(parts.get("metafields")),
        shipped_at=order.date_shipped,
        recipient=_recipient(addresses),
    )


def _pays_an_invoice(metafields: Sequence[JsonObject] | None) -> bool | None:
    """Whether B2B Edition made this order to pay another one's invoice (reference bigcommerce.md 12.20)."""
    if metafields is None:
        return None
    if not isinstance(metafields, list) or not all(isinstance(row, dict) for row in metafields):
        raise MisreadError(Problem("unknown_shape", "metafields", "metafields: a list of objects was expected."))
    return any(
        text(row.get("key")) == "orderType" and text(row.get("value")).casefold() == "invoice payment"
        for row in metafields
    )


def _optional(parts: Mapping[str, Any], name: str, read: Any) -> Any:
    """A part that was read, row by row; None where it was not, since "not read" is not "none"."""
    rows = parts.get(name)
    return None if rows is None else tuple(read(row, at) for at, row in enumerate(rows))


def _line(product: ProductShape, place: Place, wrapping: Cost) -> Line:
    return Line(
        id=product.id,
        sku=product.sku.strip(),
        name=product.name,
        options=tuple(f"{option.display_name}: {option.display_value}" for option in product.product_options),
        kind=product.type,
        quantity=product.quantity,
        total_inc=product.total_inc_tax,
        total_ex=product.total_ex_tax,
        total_tax=product.total_tax,
        discounts=tuple(Discount(each.amount, each.name or each.id) for each in product.applied_discounts),
        discounted_total_inc=product.discounted_total_inc_tax,
        place=place,
        address_id=product.order_address_id or 0,
        product_id=product.product_id or 0,
        parent_id=product.parent_order_product_id,
        wrapping=wrapping,
    )


def _wrappings(order: OrderShape, rows: Sequence[JsonObject]) -> Sequence[Cost]:
    """What wrapping each line costs; read only where the order has any, since few have."""
    if not (order.wrapping_cost_inc_tax or order.wrapping_cost_ex_tax):
        return [NO_COST] * len(rows)
    read = [read_as(WrappingShape, row, "products", at) for at, row in enumerate(rows)]
    return [Cost(each.wrapping_cost_inc_tax, each.wrapping_cost_ex_tax, each.wrapping_cost_tax) for each in read]


def _fee(fee: FeeShape) -> Fee:
    name = fee.display_name_merchant or fee.display_name_customer or fee.name
    return Fee(fee.id, name, Cost(fee.cost_inc_tax, fee.cost_ex_tax, fee.cost_tax, fee.tax_class_id))


def _person(address: AddressShape) -> Person:
    return Person(
        first_name=address.first_name,
        last_name=address.last_name,
        company=address.company,
        email=address.email,
        phone=address.phone,
        street_1=address.street_1,
        street_2=address.street_2,
        city=address.city,
        state=address.state,
        postcode=address.zip,
        country=address.country,
        country_code=address.country_iso2,
    )


def _recipient(addresses: Sequence[JsonObject]) -> Recipient | None:
    """Who receives the first delivery: a contact has one delivery address. None for downloads and pick-ups."""
    if not addresses:
        return None
    row = addresses[0]
    try:
        first, last, company, *where = [text(row.get(name)) for name in _RECIPIENT]
    except ValueError:
        read_as(AddressShape, row, "shipping_addresses", 0)  # says which field it is
        raise
    name = f"{first} {last}".strip()
    return Recipient(f"{name}, {company}" if name and company else name or company, *where)
