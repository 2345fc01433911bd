"""The verbs of an order's life: how it was paid, refunded, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Self

from include.sandbox.order_builder.amounts import Amount, exactly
from include.sandbox.order_builder.bundle import bundle_of
from include.sandbox.order_builder.cart import Cart
from include.sandbox.order_builder.parts import STATUSES, Refund, Tender, moment
from include.sandbox.order_builder.stated import JsonObject
from include.sandbox.order_builder.tenders import fixed_tenders


@dataclass(frozen=True, slots=True)
class OrderBuilder(Cart):
    """An order in the making. Every verb gives a new one, so a base order can be varied without harm.

    Amounts are text, integers or Decimals in the order's pricing family: with tax, unless `prices_without_tax`.
    Nothing said about payment means: paid in full by card. No line means: one mug at 22.00 with 2.00 GST.
    """

    # What was paid.

    def paid(
        self, by: str = "card", amount: Amount | None = None, *, at: str | datetime | None = None, test: bool = False
    ) -> Self:
        """Money came in: this much, or whatever is left to pay when the order is built (see `settled`)."""
        return self._tender(by, "purchase", amount, at, test=test)

    def authorised(self, by: str = "card", amount: Amount | None = None, *, at: str | datetime | None = None) -> Self:
        """The money is reserved, and not yet taken: an authorisation is no payment."""
        return self._tender(by, "authorization", amount, at)

    def captured(self, amount: Amount | None = None, *, at: str | datetime | None = None) -> Self:
        """Money that was authorised before is taken: this much, or all of what is left to pay."""
        return self._tender(self.tenders[-1].by if self.tenders else "card", "capture", amount, at)

    def voided(self, *, at: str | datetime | None = None) -> Self:
        """The authorisation was let go."""
        return self._tender(self.tenders[-1].by if self.tenders else "card", "void", None, at)

    def declined(self, by: str = "card") -> Self:
        """The payment was tried and refused; the order stands at Declined unless said otherwise."""
        return self._tender(by, "purchase", None, None, ok=False)

    def unpaid(self, by: str = "Bank Deposit") -> Self:
        """Nothing came in yet; the shopper chose to pay by this, and the shop has no transaction."""
        return replace(self, tenders=(), payment_name=by)

    def gift_certificate(self, amount: Amount, *, worth: Amount | None = None) -> Self:
        """This much was paid by a gift certificate that was worth that much before (unsaid: the same)."""
        return replace(self, certificate=(exactly(amount), None if worth is None else exactly(worth)))

    def store_credit(self, amount: Amount, *, worth: Amount | None = None) -> Self:
        """This much was paid from the customer's store credit, which stood at that much before (unsaid: the same)."""
        return replace(self, credit=(exactly(amount), None if worth is None else exactly(worth)))

    def total_stated(self, when: Literal["before tenders", "after tenders"]) -> Self:
        """Whether `total_inc_tax` is before or after gift certificates and store credit. Sources disagree: both occur."""
        return replace(self, net_statement=when == "after tenders")

    def refunded(
        self,
        units: Mapping[str, int] | None = None,
        *,
        shipping: Amount = 0,
        handling: Amount = 0,
        fees: Mapping[str, Amount] | None = None,
        wrapping: tuple[str, ...] = (),
        amount: Amount = 0,
        to: str | Mapping[str, Amount] = "card",
        at: str | datetime | None = None,
        declined: bool = False,
        reason: str = "",
        override: tuple[Amount, Amount] | None = None,
        recorded: bool = True,
    ) -> Self:
        """Money was given back.

        units      units by SKU; each unit is its share of the line after discounts, the last takes the remainder
        shipping, handling, fees   amounts with tax in them
        amount     a free amount on the order, for which the shop states no tax
        to         which way it went: "card", "store_credit", or several with their amounts
        override   the merchant's own total and tax
        recorded   False: the gateway shows it, BigCommerce has no refund record
        """
        ways: tuple[tuple[str, Decimal | None], ...] = (
            ((to, None),) if isinstance(to, str) else tuple((way, exactly(part)) for way, part in to.items())
        )
        refund = Refund(
            tuple((units or {}).items()),
            exactly(shipping),
            exactly(handling),
            tuple((name, exactly(part)) for name, part in (fees or {}).items()),
            wrapping,
            exactly(amount),
            ways,
            None if at is None else moment(at),
            declined,
            reason,
            None if override is None else (exactly(override[0]), exactly(override[1])),
            recorded,
        )
        return replace(self, refunds=(*self.refunds, refund))

    # What became of it.

    def status(self, status: int | str) -> Self:
        """The order's status, by id or by BigCommerce's own label."""
        if isinstance(status, int):
            return replace(self, status_id=status)
        return replace(self, status_id=next(key for key, label in STATUSES.items() if label == status))

    def archived(self) -> Self:
        """Filed away by the merchant (`is_deleted`)."""
        return self.stating(is_deleted=True)

    def migrated(self) -> Self:
        """History that was carried over from another shop (`external_source` M-MIG)."""
        return self.stating(external_source="M-MIG", order_source="external")

    def stating(self, **order_fields: Any) -> Self:
        """Fields of the finished order set by hand: a shop that contradicts itself, or says more than usual."""
        return replace(self, stated={**self.stated, **order_fields})

    def build(self) -> JsonObject:
        """The bundle: what BigCommerce states about the order, in the form of our cases (see the package)."""
        return bundle_of(self)

    def settled(self) -> Self:
        """The order with its payments fixed at today's amounts, so that a later edit leaves a difference."""
        return replace(self, tenders=fixed_tenders(self))

    def _tender(
        self,
        by: str,
        event: Literal["purchase", "authorization", "capture", "void"],
        amount: Amount | None,
        at: str | datetime | None,
        *,
        ok: bool = True,
        test: bool = False,
    ) -> Self:
        tender = Tender(
            by, event, None if amount is None else exactly(amount), None if at is None else moment(at), ok, test
        )
        return replace(self, tenders=(*(self.tenders or ()), tender))


def an_order(order_id: int = 1001) -> OrderBuilder:
    """An order to be told further: `an_order(1001).line("MUG", price="22.00").discount("2.00").build()`."""
    return OrderBuilder(order_id)
