"""BigCommerce's objects as we read them: the fields that the books need, each with its exact type.

Fields that are not named are ignored, since the vendor adds new ones unannounced (reference bigcommerce.md 2).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from include.domain.money import ZERO

JsonObject = Mapping[str, Any]
T = TypeVar("T")

LIMIT = 10**13  # no amount and no number of ours reaches it
DIGITS_MAX = 20  # after the point; the vendors send four
_AMOUNT = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?\s*", re.ASCII)
_USUAL = re.compile(r"-?\d{1,12}(\.\d{1,8})?", re.ASCII)  # what the vendor sends, without a closer look
_USUAL_DATE = re.compile(r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) \+0000", re.ASCII)
_NAMES = "JanFebMarAprMayJunJulAugSepOctNovDec"
_MONTHS = {name: f"{at // 3 + 1:02}" for at, name in ((at, _NAMES[at : at + 3]) for at in range(0, 36, 3))}
_NOWHERE_TAKEN = re.compile(r"[\x00\ud800-\udfff]")


def exact(value: object) -> Decimal:
    """An exact number out of JSON: text, integer or Decimal. A float would already be inexact (T8)."""
    if type(value) is str and _USUAL.fullmatch(value):
        return Decimal(value)
    if type(value) is int and -LIMIT < value < LIMIT:
        return Decimal(value)
    if type(value) is Decimal and _USUAL.fullmatch(str(value)):
        return value
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"an amount was expected, not {type(value).__name__}")
    if isinstance(value, str) and not _AMOUNT.fullmatch(value):  # Decimal itself also takes "1_000" and Arabic digits
        raise ValueError("an amount was expected, not other text")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError("an amount was expected, not other text") from None
    # An exponent such as 1e-99999 is finite and small, and its digits would fill the memory.
    if not number.is_finite() or abs(number) >= LIMIT or int(number.as_tuple().exponent) < -DIGITS_MAX:
        raise ValueError("the amount is no amount of money")
    return number


def text(value: object) -> str:
    """Text without what no database or vendor takes: NUL, and halves of a pair such as a cut emoji; null is no text."""
    if type(value) is str and value.isascii() and "\x00" not in value:
        return value
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"text was expected, not {type(value).__name__}")
    return _NOWHERE_TAKEN.sub("", str(value))


def moment(value: object) -> datetime:
    """RFC-2822 of V2, ISO-8601 of V3; always with a zone (reference bigcommerce.md 3)."""
    if not isinstance(value, str):
        raise ValueError("a date was expected")
    usual = _USUAL_DATE.fullmatch(value)
    try:
        if usual:
            day, month, year, time = usual.groups()
            return datetime.fromisoformat(f"{year}-{_MONTHS[month]}-{day}T{time}+00:00")
        moment = datetime.fromisoformat(value) if value[:1].isdigit() else parsedate_to_datetime(value)
        if moment.tzinfo is not None and not value.rstrip().endswith("-0000"):
            return moment.astimezone(UTC)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise ValueError("a date was expected, not other text") from None
    raise ValueError("the date has no time zone")


def whole(value: object) -> int:
    """A whole number in any of its spellings."""
    if type(value) is int and -LIMIT < value < LIMIT:
        return value
    try:
        number = exact(value)
    except ValueError:
        raise ValueError(
            f"a whole number was expected, not {'other text' if isinstance(value, str) else 'this'}"
        ) from None
    if number != number.to_integral_value():
        raise ValueError("a whole number was expected, not a fraction")
    return int(number)


def _or_none(read: Callable[[object], T]) -> Callable[[object], T | None]:
    return lambda value: None if value is None or (type(value) is str and not value) else read(value)


# Plain: what these read is already of its type, and pydantic need not look again.
Exact = Annotated[Decimal, PlainValidator(exact)]
Text = Annotated[str, PlainValidator(text)]
Moment = Annotated[datetime, PlainValidator(moment)]
Whole = Annotated[int, PlainValidator(whole)]
MomentOrNone = Annotated[datetime | None, PlainValidator(_or_none(moment))]
ExactOrNone = Annotated[Decimal | None, PlainValidator(_or_none(exact))]
WholeOrNone = Annotated[int | None, PlainValidator(_or_none(whole))]
# The vendor writes null as an empty object here and there (reference bigcommerce.md 6).
TextOrObject = Annotated[str, PlainValidator(lambda value: "" if value == {} else text(value))]
Word = Annotated[str, BeforeValidator(text), Field(min_length=1)]
Currency = Annotated[str, BeforeValidator(text), Field(pattern=r"^[A-Z]{3}$")]


class Shape(BaseModel):
    """What all shapes share."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class AddressShape(Shape):
    """A billing or delivery address."""

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


class FeeShape(Shape):
    """A fee on the order."""

    id: Whole = 0
    display_name_merchant: Text = ""
    display_name_customer: Text = ""
    name: Text = ""
    cost_inc_tax: Exact
    cost_ex_tax: Exact
    cost_tax: Exact = ZERO
    tax_class_id: WholeOrNone = None


class OrderShape(Shape):
    """An order as V2 gives it."""

    id: Whole
    customer_id: Whole = 0
    date_created: Moment
    date_modified: Moment
    date_shipped: MomentOrNone = None
    status_id: Annotated[
        int, BeforeValidator(whole), Field(ge=0, lt=2**31)
    ]  # what a column of ours holds; an unknown one is held by a rule
    is_deleted: bool = False
    is_tax_inclusive_pricing: bool | None = None
    default_currency_code: Currency
    store_default_currency_code: Text = ""
    store_default_to_transactional_exchange_rate: ExactOrNone = None
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
    billing_address: AddressShape
    consignments: Any = None
    fees: Any = None


class DiscountShape(Shape):
    """A reduction spread onto a line."""

    amount: Exact
    name: Text = ""
    id: Text = ""


class OptionShape(Shape):
    """A chosen option of a product."""

    display_name: Text = ""
    display_value: Text = ""


class ProductShape(Shape):
    """An order line."""

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
    applied_discounts: tuple[DiscountShape, ...] = ()
    product_options: tuple[OptionShape, ...] = ()
    discounted_total_inc_tax: ExactOrNone = None
    parent_order_product_id: WholeOrNone = None


class WrappingShape(Shape):
    """What a line's gift wrapping costs, among the line's other fields."""

    wrapping_cost_inc_tax: Exact = ZERO
    wrapping_cost_ex_tax: Exact = ZERO
    wrapping_cost_tax: Exact = ZERO


class ConsignmentShape(Shape):
    """A delivery with its own costs."""

    id: Whole
    country_iso2: Text = ""
    state: Text = ""
    cost_inc_tax: Exact = ZERO
    cost_ex_tax: Exact = ZERO
    cost_tax: Exact = ZERO
    cost_tax_class_id: WholeOrNone = None
    handling_cost_inc_tax: Exact = ZERO
    handling_cost_ex_tax: Exact = ZERO
    handling_cost_tax: Exact = ZERO
    handling_cost_tax_class_id: WholeOrNone = None


class TaxRowShape(Shape):
    """A row of the tax detail."""

    name: Text
    rate: Exact
    line_amount: Exact
    class_: Text = Field("", alias="class")
    line_item_type: Text = "item"
    order_product_id: WholeOrNone = None
    order_address_id: WholeOrNone = None


class TransactionShape(Shape):
    """A movement of money, as V3 gives it."""

    id: Word
    event: Word
    method: Text = ""
    gateway: Text = ""
    amount: Exact
    currency: Text = ""
    status: Word
    test: bool = False
    date_created: Moment
    reference_transaction_id: TextOrObject = ""
    gateway_transaction_id: TextOrObject = ""


class RefundItemShape(Shape):
    """What a refund gives back."""

    item_type: Text
    item_id: WholeOrNone = 0
    quantity: WholeOrNone = 0
    requested_amount: ExactOrNone = None
    adjustments: tuple[JsonObject, ...] | None = ()


class RefundPaymentShape(Shape):
    """How a refund was paid out."""

    id: Text = ""
    provider_id: Text
    amount: Exact
    offline: bool = False
    is_declined: bool = False


class RefundShape(Shape):
    """A refund record, as V3 gives it."""

    id: Whole
    created: MomentOrNone = None
    total_amount: Exact
    total_tax: Exact = ZERO
    uses_merchant_override_values: bool = False
    reason: Text = ""
    items: tuple[RefundItemShape, ...] = ()
    payments: tuple[RefundPaymentShape, ...] = ()
