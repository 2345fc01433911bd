"""An order as the core reads it: BigCommerce's facts in our words, complete or not built at all.

Amounts are `Decimal` in the transaction currency. "inc" is with tax, "ex" without. Which of the two is real is
`prices_include_tax`; the other family is the shop's estimate (reference bigcommerce.md 0.2).
Moments are aware UTC datetimes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Literal, Protocol

from include.domain.money import ZERO


class Status(IntEnum):
    """BigCommerce's order status ids (reference bigcommerce.md 4). Labels are the merchant's; the id is not."""

    INCOMPLETE = 0
    PENDING = 1
    SHIPPED = 2
    PARTIALLY_SHIPPED = 3
    REFUNDED = 4
    CANCELLED = 5
    DECLINED = 6
    AWAITING_PAYMENT = 7
    AWAITING_PICKUP = 8
    AWAITING_SHIPMENT = 9
    COMPLETED = 10
    AWAITING_FULFILMENT = 11
    MANUAL_VERIFICATION = 12
    DISPUTED = 13
    PARTIALLY_REFUNDED = 14


_STATUSES = {status.value: status for status in Status}


class Says(Protocol):
    """What an order says of itself in a few words."""

    @property
    def status_id(self) -> int:
        """Its status."""

    @property
    def archived(self) -> bool:
        """Whether the merchant put it away."""

    @property
    def payment_method(self) -> str:
        """How it was to be paid, as the merchant calls it."""

    @property
    def payment_status(self) -> str:
        """What the shop knows of the money."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One amount in both families, after the shop's discounts on it."""

    inc: Decimal
    ex: Decimal
    tax: Decimal
    tax_class_id: int | None = None


NO_COST = Cost(ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Discount:
    """A reduction that the shop already spread onto this line."""

    amount: Decimal
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where goods go, as tax sees it: ISO country code and the state's name as the shop spells it."""

    country: str
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """One order line. `total_*` are before discounts, `total_tax` is after them (reference bigcommerce.md 0.3)."""

    id: int
    sku: str
    name: str
    options: tuple[str, ...]
    kind: Literal["physical", "digital", "giftcertificate"]
    quantity: int
    total_inc: Decimal
    total_ex: Decimal
    total_tax: Decimal
    discounts: tuple[Discount, ...]
    discounted_total_inc: Decimal | None
    place: Place
    address_id: int = 0
    product_id: int = 0
    parent_id: int | None = None
    wrapping: Cost = NO_COST

    @property
    def discount(self) -> Decimal:
        """All that was taken off this line."""
        return sum((discount.amount for discount in self.discounts), ZERO) if self.discounts else ZERO


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee that the merchant or an app added to the order."""

    id: int
    name: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Delivery:
    """A consignment's address, with its own shipping and handling: id is what refunds and tax rows refer to."""

    id: int
    place: Place
    shipping: Cost
    handling: Cost


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One row of the order's tax detail: several a line where rates stack."""

    name: str
    rate: Decimal
    amount: Decimal
    tax_class: str
    kind: str
    line_id: int | None
    address_id: int | None


@dataclass(frozen=True, slots=True)
class Tender:
    """One movement of money on the order (BigCommerce calls it a transaction)."""

    id: str
    event: str
    method: str
    gateway: str
    amount: Decimal
    currency: str
    ok: bool
    test: bool
    happened_at: datetime
    reference_id: str | None
    gateway_id: str | None


@dataclass(frozen=True, slots=True)
class RefundItem:
    """What one refund gives back: a line, a shipping cost, or a free amount."""

    kind: str
    item_id: int
    quantity: int
    requested: Decimal | None
    adjustments: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """How one refund was paid out."""

    id: str
    provider: str
    amount: Decimal
    declined: bool
    offline: bool


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund record of the shop."""

    id: int
    created_at: datetime | None
    total: Decimal
    total_tax: Decimal
    override: bool
    reason: str
    items: tuple[RefundItem, ...]
    payments: tuple[RefundPayment, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is billed. Personal data: it goes into the contact's body and nowhere else."""

    first_name: str
    last_name: str
    company: str
    email: str
    phone: str
    street_1: str
    street_2: str
    city: str
    state: str
    postcode: str
    country: str
    country_code: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who receives the goods, a company with its person, and where. Personal data, as `Person`."""

    name: str
    street_1: str
    street_2: str
    city: str
    state: str
    postcode: str
    country: str


@dataclass(frozen=True, slots=True)
class Order:
    """All that the core knows of one order.

    `tax_rows`, `tenders` and `refunds` are None where that part was not read: "not read" is not "none".
    So is `pays_an_invoice` (B2B Edition), which only the metafields say.
    """

    id: int
    external_id: str
    customer_id: int
    created_at: datetime
    modified_at: datetime
    status_id: int
    archived: bool
    prices_include_tax: bool | None
    currency: str
    base_currency: str
    base_rate: Decimal
    total_inc: Decimal
    total_ex: Decimal
    total_tax: Decimal
    shipping: Cost
    handling: Cost
    wrapping: Cost
    gift_certificate_amount: Decimal
    store_credit_amount: Decimal
    units: int
    payment_method: str
    payment_status: str
    source: str
    external_source: str
    channel_id: int
    person: Person
    lines: tuple[Line, ...]
    fees: tuple[Fee, ...]
    deliveries: tuple[Delivery, ...]
    tax_rows: tuple[TaxRow, ...] | None
    tenders: tuple[Tender, ...] | None
    refunds: tuple[Refund, ...] | None
    pays_an_invoice: bool | None = None
    shipped_at: datetime | None = None
    recipient: Recipient | None = field(default=None, repr=False)  # of the first delivery; None where nothing is sent

    @property
    def status(self) -> Status | None:
        """The known status, or None for an id that the vendor does not document."""
        return _STATUSES.get(self.status_id)

    @property
    def billing_place(self) -> Place:
        """Where digital and e-mailed lines are taxed."""
        return Place(self.person.country_code, self.person.state)
