"""The pieces an order is built of. Plain values: what they cost is worked out in `pricing`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, cast

from include.sandbox.order_builder.amounts import ZERO, Amount, exactly

#: How a tax may be written: a rate ("10"), a name with a rate, several of those stacked, or () for no tax row at all.
TaxSpec = str | tuple[str, Amount] | Sequence[tuple[str, Amount]] | Mapping[str, Amount]

#: BigCommerce's order statuses (reference bigcommerce.md 4; recorded in captured-nango-order-statuses).
STATUSES = {
    0: "Incomplete",
    1: "Pending",
    2: "Shipped",
    3: "Partially Shipped",
    4: "Refunded",
    5: "Cancelled",
    6: "Declined",
    7: "Awaiting Payment",
    8: "Awaiting Pickup",
    9: "Awaiting Shipment",
    10: "Completed",
    11: "Awaiting Fulfillment",
    12: "Manual Verification Required",
    13: "Disputed",
    14: "Partially Refunded",
}

#: Country -> its name, and a town that can stand for it: city, state, post code.
COUNTRIES = {
    "AU": ("Australia", "Melbourne", "Victoria", "3000"),
    "NZ": ("New Zealand", "Auckland", "Auckland", "1010"),
    "US": ("United States", "Austin", "Texas", "78701"),
    "CA": ("Canada", "Vancouver", "British Columbia", "V5K 0A1"),
    "GB": ("United Kingdom", "Leeds", "West Yorkshire", "LS1 1AA"),
    "DE": ("Germany", "Berlin", "Berlin", "10115"),
    "FR": ("France", "Lyon", "Auvergne-Rhône-Alpes", "69001"),
    "JP": ("Japan", "Osaka", "Osaka", "530-0001"),
    "SG": ("Singapore", "Singapore", "", "018956"),
}


@dataclass(frozen=True, slots=True)
class Tax:
    """One rate of tax as the shop names it; `rate` in percent."""

    name: str
    rate: Decimal


def taxes_of(spec: TaxSpec) -> tuple[Tax, ...]:
    """The stacked rates that a spec means: "10" is GST of 10 %, "0" is GST Free, pairs name themselves."""
    if isinstance(spec, str):
        rate = exactly(spec)
        return (Tax("GST" if rate else "GST Free", rate),)
    if isinstance(spec, Mapping):
        return tuple(Tax(name, exactly(rate)) for name, rate in spec.items())
    if isinstance(spec, tuple) and len(spec) == 2 and isinstance(spec[0], str):
        return (Tax(spec[0], exactly(spec[1])),)
    return tuple(Tax(name, exactly(rate)) for name, rate in cast("Sequence[tuple[str, Amount]]", spec))


def moment(when: str | datetime) -> datetime:
    """An aware moment in UTC from ISO 8601 text or a datetime; a naive one raises ValueError."""
    parsed = datetime.fromisoformat(when.replace("Z", "+00:00")) if isinstance(when, str) else when
    if parsed.tzinfo is None:
        raise ValueError(f"{when!r} has no zone: an order's moment needs one")
    return parsed.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Address:
    """A person at a place, as the shop keeps it."""

    first_name: str = "Robin"
    last_name: str = "Hale"
    company: str = ""
    email: str = "robin.hale@example.com"
    country_iso2: str = "AU"
    state: str | None = None
    city: str | None = None
    zip: str | None = None
    street_1: str = "1 Example Street"
    phone: str = ""

    def spelled(self) -> dict[str, Any]:
        """The address in BigCommerce's spelling, without ids or form fields."""
        country, city, state, code = COUNTRIES.get(self.country_iso2, (self.country_iso2, "Exampleville", "", "00000"))
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "company": self.company,
            "street_1": self.street_1,
            "street_2": "",
            "city": city if self.city is None else self.city,
            "state": state if self.state is None else self.state,
            "zip": code if self.zip is None else self.zip,
            "country": country,
            "country_iso2": self.country_iso2,
            "phone": self.phone,
            "email": self.email,
        }


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that is not a line's: shipping, handling, wrapping, a fee. `amount` in the order's pricing family."""

    amount: Decimal
    taxes: tuple[Tax, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A consignment: where lines go, and what sending them costs."""

    kind: Literal["shipping", "pickup"]
    address: Address | None  # None: wherever the buyer lives
    shipping: Charge = Charge(ZERO, ())
    handling: Charge = Charge(ZERO, ())
    method: str = "Flat Rate"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was put in the cart; `price` a unit, in the order's pricing family."""

    sku: str
    price: Decimal
    quantity: int
    taxes: tuple[Tax, ...]
    name: str
    kind: Literal["physical", "digital", "giftcertificate"] = "physical"
    place: int | None = 0
    options: tuple[tuple[str, str], ...] = ()
    parent_sku: str | None = None
    wrapping: Charge = Charge(ZERO, ())
    stated: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """Money off. `on` a SKU, or None for the whole order; `percent` of each line, or an amount to spread."""

    kind: Literal["manual", "promotion", "coupon"]
    name: str
    code: str | None
    amount: Decimal | None
    percent: Decimal | None
    on: str | None


@dataclass(frozen=True, slots=True)
class Tender:
    """One row that a payment leaves; `amount` None is whatever was left to pay when the order was built."""

    by: str
    event: Literal["purchase", "authorization", "capture", "void", "pending", "settled"]
    amount: Decimal | None = None
    at: datetime | None = None
    ok: bool = True
    test: bool = False


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back: units by SKU, amounts of charges (tax in them), a free amount, and by which way."""

    units: tuple[tuple[str, int], ...]
    shipping: Decimal
    handling: Decimal
    fees: tuple[tuple[str, Decimal], ...]
    wrapping: tuple[str, ...]
    free_amount: Decimal
    to: tuple[tuple[str, Decimal | None], ...]
    at: datetime | None
    declined: bool
    reason: str
    override: tuple[Decimal, Decimal] | None
    recorded: bool
