"""A BigCommerce order, gathered from its parts, as an `Order` (reference bigcommerce.md 4 to 6).

Nothing is guessed: what the books need and the shop did not send, or sent in a form that we do not know, is a `Problem`
that names the field. Fields that we do not use are ignored, since the vendor adds new ones unannounced (reference 2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from include.domain.money import ZERO
from include.domain.order import (
    Cost,
    Delivery,
    Discount,
    Fee,
    Line,
    Order,
    Person,
    Place,
    Refund,
    RefundItem,
    RefundPayment,
    TaxRow,
    Tender,
)

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a record is no order: the field as the vendor spells it, and a sentence."""

    reason: Literal["missing_field", "unknown_shape"]
    field: str
    sentence: str


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
        order = _Order.model_validate(parts["order"])
        products = [_Product.model_validate(row) for row in _product_rows(parts, order)]
        return _assembled(order, products, parts)
    except ValidationError as error:
        return tuple(_problem(detail) for detail in error.errors(include_url=False, include_context=False))


def _problem(detail: Mapping[str, Any]) -> Problem:
    field = ".".join(str(step) for step in detail["loc"])
    if detail["type"] == "missing" or detail.get("input") in ("", None):
        return Problem("missing_field", field, f"The order has no {field}.")
    return Problem("unknown_shape", field, f"{field}: {detail['msg'].removeprefix('Value error, ')}.")


def _exact(value: object) -> Decimal:
    """An exact number out of JSON: text, integer or Decimal. A float would already be inexact (T8)."""
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"an amount was expected, not {type(value).__name__}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError("an amount was expected, not other text") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 13:
        raise ValueError("the amount is no amount of money")
    return number


def _text(value: object) -> str:
    """Text without the NUL that no database or vendor takes; null is no text."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"text was expected, not {type(value).__name__}")
    return str(value).replace("\x00", "")


def _moment(value: object) -> datetime:
    """RFC-2822 of V2, ISO-8601 of V3; always with a zone (reference bigcommerce.md 3)."""
    if not isinstance(value, str):
        raise ValueError("a date was expected")
    try:
        moment = datetime.fromisoformat(value) if value[:1].isdigit() else parsedate_to_datetime(value)
    except (ValueError, TypeError):
        raise ValueError("a date was expected, not other text") from None
    if moment.tzinfo is None or value.rstrip().endswith("-0000"):
        raise ValueError("the date has no time zone")
    return moment.astimezone(UTC)


def _whole(value: object) -> int:
    number = _exact(value)
    if number != number.to_integral_value():
        raise ValueError("a whole number was expected")
    return int(number)


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Text = Annotated[str, BeforeValidator(_text)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Whole = Annotated[int, BeforeValidator(_whole)]
Optional = Annotated[Decimal | None, BeforeValidator(lambda value: None if value in (None, "") else _exact(value))]
WholeOrNone = Annotated[int | None, BeforeValidator(lambda value: None if value in (None, "") else _whole(value))]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Address(_Wire):
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    street_1: Text = ""
    street_2: Text = ""
    city: Text = ""
    state: Text = ""
    zip: Text = ""
    country: Text = ""
    country_iso2: Text = ""
    phone: Text = ""
    email: Text = ""


class _Fee(_Wire):
    id: Whole = 0
    display_name_merchant: Text = ""
    display_name_customer: Text = ""
    name: Text = ""
    cost_inc_tax: Exact
    cost_ex_tax: Exact
    cost_tax: Exact = ZERO
    tax_class_id: WholeOrNone = None


class _Order(_Wire):
    id: Whole
    customer_id: Whole = 0
    date_created: Moment
    date_modified: Moment
    status_id: Whole
    is_deleted: bool = False
    is_tax_inclusive_pricing: bool | None = None
    default_currency_code: Annotated[Text, Field(pattern=r"^[A-Z]{3}$")]
    store_default_currency_code: Text = ""
    store_default_to_transactional_exchange_rate: Optional = None
    total_inc_tax: Exact
    total_ex_tax: Exact
    total_tax: Exact
    shipping_cost_inc_tax: Exact
    shipping_cost_ex_tax: Exact
    shipping_cost_tax: Exact
    shipping_cost_tax_class_id: WholeOrNone = None
    handling_cost_inc_tax: Exact
    handling_cost_ex_tax: Exact
    handling_cost_tax: Exact
    handling_cost_tax_class_id: WholeOrNone = None
    wrapping_cost_inc_tax: Exact
    wrapping_cost_ex_tax: Exact
    wrapping_cost_tax: Exact
    wrapping_cost_tax_class_id: WholeOrNone = None
    gift_certificate_amount: Exact = ZERO
    store_credit_amount: Exact = ZERO
    items_total: Whole
    payment_method: Text = ""
    payment_status: Text = ""
    order_source: Text = ""
    external_source: Text = ""
    external_order_id: Text = ""
    channel_id: WholeOrNone = 1
    billing_address: _Address
    consignments: Any = None
    fees: Any = None


class _Discount(_Wire):
    amount: Exact
    name: Text = ""
    id: Text = ""


class _Option(_Wire):
    display_name: Text = ""
    display_value: Text = ""


class _Product(_Wire):
    id: Whole
    product_id: WholeOrNone = 0
    order_address_id: WholeOrNone = 0
    order_pickup_method_id: WholeOrNone = 0
    name: Text
    sku: Text = ""
    type: Literal["physical", "digital", "giftcertificate"] = "physical"
    quantity: Whole
    total_inc_tax: Exact
    total_ex_tax: Exact
    total_tax: Exact
    applied_discounts: tuple[_Discount, ...] = ()
    product_options: tuple[_Option, ...] = ()
    discounted_total_inc_tax: Optional = None
    parent_order_product_id: WholeOrNone = None


class _Consignment(_Address):
    id: Whole
    cost_inc_tax: Exact = ZERO
    cost_ex_tax: Exact = ZERO
    cost_tax: Exact = ZERO
    cost_tax_class_id: WholeOrNone = None
    handling_cost_inc_tax: Exact = ZERO
    handling_cost_ex_tax: Exact = ZERO
    handling_cost_tax: Exact = ZERO
    handling_cost_tax_class_id: WholeOrNone = None


class _TaxRow(_Wire):
    name: Text
    rate: Exact
    line_amount: Exact
    class_: Text = Field("", alias="class")
    line_item_type: Text = "item"
    order_product_id: WholeOrNone = None
    order_address_id: WholeOrNone = None


class _Transaction(_Wire):
    id: Text
    event: Text
    method: Text = ""
    gateway: Text = ""
    amount: Exact
    currency: Text = ""
    status: Text
    test: bool = False
    date_created: Moment
    reference_transaction_id: Text = ""
    gateway_transaction_id: Text = ""


class _RefundItem(_Wire):
    item_type: Text
    item_id: WholeOrNone = 0
    quantity: WholeOrNone = 0
    requested_amount: Optional = None
    adjustments: tuple[JsonObject, ...] | None = ()


class _RefundPayment(_Wire):
    id: Text = ""
    provider_id: Text
    amount: Exact
    offline: bool = False
    is_declined: bool = False


class _Refund(_Wire):
    id: Whole
    created: Moment
    total_amount: Exact
    total_tax: Exact = ZERO
    uses_merchant_override_values: bool = False
    reason: Text = ""
    items: tuple[_RefundItem, ...] = ()
    payments: tuple[_RefundPayment, ...] = ()


def _groups(order: _Order, kind: str) -> Sequence[JsonObject]:
    """The consignments of one kind; a link object or nothing has none."""
    consignments = order.consignments
    if not isinstance(consignments, Mapping):
        return ()
    if kind == "email":
        email = consignments.get("email")
        return email.get("gift_certificates") or () if isinstance(email, Mapping) else ()
    return consignments.get(kind) or ()


def _product_rows(parts: Mapping[str, Any], order: _Order) -> Sequence[JsonObject]:
    """The lines: from the product list where it was read, since consignments are cut at 50 lines (reference 0.7)."""
    if parts.get("products") is not None:
        rows: Sequence[JsonObject] = parts["products"]
        return rows
    found: list[JsonObject] = []
    for kind in ("shipping", "pickups", "downloads", "email"):
        for group in _groups(order, kind):
            rows = group.get("line_items") or ()
            found += [row for row in rows if isinstance(row, Mapping) and "id" in row]
    return found


def _places(parts: Mapping[str, Any], order: _Order) -> tuple[tuple[Delivery, ...], dict[int, Place], dict[int, Place]]:
    addresses = parts.get("shipping_addresses") or _groups(order, "shipping")
    consignments = [_Consignment.model_validate(row) for row in addresses]
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
        place = Place(_text(location.get("country_alpha2")), _text(location.get("state")))
        pickups[int(group.get("pickup_method_id") or 0)] = place
    return deliveries, {delivery.id: delivery.place for delivery in deliveries}, pickups


def _assembled(order: _Order, products: Sequence[_Product], parts: Mapping[str, Any]) -> Order:
    deliveries, by_address, by_pickup = _places(parts, order)
    billing = Place(order.billing_address.country_iso2, order.billing_address.state)
    fees = order.fees if isinstance(order.fees, list) else parts.get("fees") or []

    def place_of(product: _Product) -> Place:
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
        lines=tuple(_line(product, place_of(product)) for product in products),
        fees=tuple(_fee(_Fee.model_validate(row)) for row in fees),
        deliveries=deliveries,
        tax_rows=_optional(parts, "taxes", _tax_row),
        tenders=_optional(parts, "transactions", _tender),
        refunds=_optional(parts, "refunds", _refund),
        pays_an_invoice=any(
            _text(row.get("key")) == "orderType" and _text(row.get("value")).casefold() == "invoice payment"
            for row in parts.get("metafields") or ()
        ),
    )


def _optional(parts: Mapping[str, Any], name: str, read: Any) -> Any:
    """A part that was read, row by row; None where it was not, since "not read" is not "none"."""
    rows = parts.get(name)
    return None if rows is None else tuple(read(row) for row in rows)


def _line(product: _Product, place: Place) -> Line:
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
    )


def _fee(fee: _Fee) -> Fee:
    name = fee.display_name_merchant or fee.display_name_customer or fee.name
    return Fee(fee.id, name, Cost(fee.cost_inc_tax, fee.cost_ex_tax, fee.cost_tax, fee.tax_class_id))


def _person(address: _Address) -> Person:
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


def _tax_row(row: JsonObject) -> TaxRow:
    read = _TaxRow.model_validate(row)
    return TaxRow(
        read.name,
        read.rate,
        read.line_amount,
        read.class_,
        read.line_item_type,
        read.order_product_id,
        read.order_address_id,
    )


def _tender(row: JsonObject) -> Tender:
    read = _Transaction.model_validate(row)
    return Tender(
        id=read.id,
        event=read.event,
        method=read.method,
        gateway=read.gateway,
        amount=read.amount,
        currency=read.currency,
        ok=read.status == "ok",
        test=read.test,
        happened_at=read.date_created,
        reference_id=read.reference_transaction_id or None,
        gateway_id=read.gateway_transaction_id or None,
    )


def _refund(row: JsonObject) -> Refund:
    read = _Refund.model_validate(row)
    return Refund(
        id=read.id,
        created_at=read.created,
        total=read.total_amount,
        total_tax=read.total_tax,
        override=read.uses_merchant_override_values,
        reason=read.reason,
        items=tuple(
            RefundItem(
                kind=item.item_type,
                item_id=item.item_id or 0,
                quantity=item.quantity or 0,
                requested=item.requested_amount,
                adjustments=tuple(_exact(each.get("amount", 0)) for each in item.adjustments or ()),
            )
            for item in read.items
        ),
        payments=tuple(
            RefundPayment(
                id=payment.id or str(index),
                provider=payment.provider_id,
                amount=payment.amount,
                declined=payment.is_declined,
                offline=payment.offline,
            )
            for index, payment in enumerate(read.payments, start=1)
        ),
    )
