"""The cart: who buys what, where it goes, what comes on top and what comes off."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Self

from include.sandbox.order_builder.amounts import MINOR_UNITS, ZERO, Amount, exactly
from include.sandbox.order_builder.parts import (
    Address,
    Charge,
    Cut,
    Line,
    Place,
    Refund,
    Tax,
    TaxSpec,
    Tender,
    moment,
    taxes_of,
)

JsonObject = dict[str, Any]

#: What an order is when nothing is said: placed on a Wednesday at noon in Sydney, by Robin, under 10 % GST.
PLACED_AT = moment("2026-05-13T02:15:00Z")
BUYER = Address()
GST = taxes_of("10")


@dataclass(frozen=True, slots=True)
class Cart:
    """All that was said about an order, and the verbs of its goods. Amounts are in the order's pricing family."""

    order_id: int
    placed_at: datetime = PLACED_AT
    modified_at: datetime | None = None
    customer_id: int = 501
    buyer: Address = BUYER
    inclusive: bool = True
    currency: str = "AUD"
    store_currency: str = "AUD"
    exchange_rate: Decimal = Decimal(1)
    tax_places: int | None = None
    default_taxes: tuple[Tax, ...] = GST
    lines: tuple[Line, ...] = ()
    places: tuple[Place, ...] = ()
    cuts: tuple[Cut, ...] = ()
    fees: tuple[Charge, ...] = ()
    tenders: tuple[Tender, ...] | None = None
    payment_name: str | None = None
    certificate: tuple[Decimal, Decimal | None] = (ZERO, None)
    credit: tuple[Decimal, Decimal | None] = (ZERO, None)
    net_statement: bool = True
    refunds: tuple[Refund, ...] = ()
    status_id: int | None = None
    stated: Mapping[str, Any] = field(default_factory=dict)

    # Who, when, in what money.

    def placed(self, when: str | datetime) -> Self:
        """Placed at this moment (ISO 8601 with a zone, or an aware datetime)."""
        return replace(self, placed_at=moment(when))

    def modified(self, when: str | datetime) -> Self:
        """Last touched at this moment; unsaid, it is the moment of the last thing that happened."""
        return replace(self, modified_at=moment(when))

    def bought_by(
        self, name: str, *, customer: int = 501, company: str = "", email: str | None = None, country: str = "AU"
    ) -> Self:
        """Bought by a registered customer; the e-mail is made from the name unless it is given."""
        first, _, last = name.partition(" ")
        address = f"{name.lower().replace(' ', '.')}@example.com" if email is None else email
        buyer = Address(first, last, company, address, country)
        return replace(self, customer_id=customer, buyer=buyer)

    def bought_by_guest(self, name: str = "Mika Stone", *, email: str | None = None) -> Self:
        """Bought without an account: customer id 0, the billing address is all that is known."""
        return self.bought_by(name, customer=0, email=email)

    def prices_without_tax(self) -> Self:
        """Prices are stated before tax: the `ex` amounts are the real ones."""
        return replace(self, inclusive=False)

    def in_currency(self, code: str, *, store_currency: str | None = None, rate: Amount = 1) -> Self:
        """Paid in this currency; `rate` is the store's rate from its own currency to this one."""
        return replace(self, currency=code, store_currency=store_currency or code, exchange_rate=exactly(rate))

    def taxed(self, tax: TaxSpec) -> Self:
        """What follows bears this tax unless it names its own."""
        return replace(self, default_taxes=taxes_of(tax))

    def tax_to_the_fourth_decimal(self) -> Self:
        """Each line's tax keeps four decimals (3 x 0.1250); only the order's total is rounded."""
        return replace(self, tax_places=4)

    # What was bought, and where it goes.

    def line(
        self,
        sku: str,
        *,
        price: Amount,
        quantity: int = 1,
        tax: TaxSpec | None = None,
        name: str | None = None,
        kind: Literal["physical", "digital"] = "physical",
        options: Mapping[str, str] | None = None,
        stating: Mapping[str, Any] | None = None,
    ) -> Self:
        """One more line, for the latest place named. `stating` overrides fields of the finished line, as the shop errs."""
        place = None if kind == "digital" else max(0, len(self.places) - 1)
        line = Line(
            sku,
            exactly(price),
            quantity,
            self._taxes(tax),
            name or sku.replace("-", " ").capitalize(),
            kind,
            place,
            tuple((options or {}).items()),
            stated=stating or {},
        )
        return replace(self, lines=(*self.lines, line))

    def download(self, sku: str, *, price: Amount, quantity: int = 1, tax: TaxSpec | None = None) -> Self:
        """A digital line: no shipping address, it goes to the buyer's e-mail."""
        return self.line(sku, price=price, quantity=quantity, tax=tax, kind="digital")

    def sold_certificate(self, amount: Amount) -> Self:
        """A gift certificate that is bought here: a line of its own kind, which bears no tax."""
        line = Line("", exactly(amount), 1, (), f"Gift certificate {amount}", "giftcertificate", None)
        return replace(self, lines=(*self.lines, line))

    def part_of(self, parent_sku: str, sku: str, *, quantity: int = 1) -> Self:
        """A pick-list child of a bundle: a line of price nothing that names its parent."""
        parent = next(line for line in self.lines if line.sku == parent_sku)
        child = Line(sku, ZERO, quantity, parent.taxes, sku.capitalize(), place=parent.place, parent_sku=parent_sku)
        return replace(self, lines=(*self.lines, child))

    def without(self, sku: str) -> Self:
        """The order after the lines of this SKU were taken off it."""
        return replace(self, lines=tuple(line for line in self.lines if line.sku != sku))

    def with_quantity(self, sku: str, quantity: int) -> Self:
        """The order after the quantity of this SKU was changed."""
        return replace(
            self,
            lines=tuple(replace(line, quantity=quantity) if line.sku == sku else line for line in self.lines),
        )

    def sent_to(self, country: str = "AU", *, name: str | None = None, **address: str) -> Self:
        """What follows is sent there: lines, shipping and handling. Said before any line, it is the only place."""
        first, _, last = (name or f"{self.buyer.first_name} {self.buyer.last_name}").partition(" ")
        there = Address(first, last, country_iso2=country, **{"email": self.buyer.email, **address})
        return self._at(Place("shipping", there))

    def picked_up(self, where: str = "Town store", *, country: str = "AU") -> Self:
        """What follows is fetched by the buyer from this location."""
        return self._at(Place("pickup", Address(where, "", country_iso2=country), method=where))

    # What comes on top, and what comes off.

    def shipping(self, amount: Amount, *, tax: TaxSpec | None = None) -> Self:
        """The latest place costs this much to send to."""
        return self._charged_at_place(shipping=Charge(exactly(amount), self._taxes(tax), "Shipping"))

    def handling(self, amount: Amount, *, tax: TaxSpec | None = None) -> Self:
        """The latest place costs this much to handle."""
        return self._charged_at_place(handling=Charge(exactly(amount), self._taxes(tax), "Shipping"))

    def wrapping(self, amount: Amount, *, on: str | None = None, tax: TaxSpec | None = None) -> Self:
        """The line of this SKU (unsaid: the last line) is gift wrapped for this much, all its units together."""
        sku = self.lines[-1].sku if on is None else on
        wrapped = Charge(exactly(amount), self._taxes(tax), "Gift Wrapping")
        lines = tuple(replace(line, wrapping=wrapped) if line.sku == sku else line for line in self.lines)
        return replace(self, lines=lines)

    def fee(self, name: str, amount: Amount, *, tax: TaxSpec | None = None) -> Self:
        """A fee under this name. A fee never has a tax row, only its own three amounts."""
        return replace(self, fees=(*self.fees, Charge(exactly(amount), self._taxes(tax), name)))

    def discount(self, amount: Amount, *, on: str | None = None) -> Self:
        """A manual discount: on one SKU, or on the order, spread over its lines in proportion."""
        return self._cut(Cut("manual", "Manual Discount", None, exactly(amount), None, on))

    def coupon(
        self, code: str, amount: Amount | None = None, *, percent: Amount | None = None, on: str | None = None
    ) -> Self:
        """A coupon of an amount or of a percentage, on one SKU or on the whole order."""
        if (amount is None) == (percent is None):
            raise ValueError("a coupon has either an amount or a percentage")
        off = None if amount is None else exactly(amount)
        return self._cut(Cut("coupon", f"Coupon {code}", code, off, None if percent is None else exactly(percent), on))

    def promotion(self, name: str, amount: Amount, *, on: str | None = None) -> Self:
        """A discount that the shop gave by itself, without a code."""
        return self._cut(Cut("promotion", name, None, exactly(amount), None, on))

    @property
    def minor_units(self) -> int:
        """Decimals of the order's currency."""
        return MINOR_UNITS.get(self.currency, 2)

    def _taxes(self, tax: TaxSpec | None) -> tuple[Tax, ...]:
        return self.default_taxes if tax is None else taxes_of(tax)

    def _cut(self, cut: Cut) -> Self:
        return replace(self, cuts=(*self.cuts, cut))

    def _at(self, place: Place) -> Self:
        home = (Place("shipping", None),) if not self.places and any(x.place == 0 for x in self.lines) else ()
        return replace(self, places=(*home, *self.places, place))

    def _charged_at_place(self, **charge: Charge) -> Self:
        places = self.places or (Place("shipping", None),)
        return replace(self, places=(*places[:-1], replace(places[-1], **charge)))  # type: ignore[arg-type]
