"""An order's lines and charges with their prices, and what they add up to."""

from dataclasses import dataclass, replace
from decimal import Decimal

from include.sandbox.order_builder.amounts import ZERO, half_up
from include.sandbox.order_builder.cart import Cart
from include.sandbox.order_builder.parts import Line, Place
from include.sandbox.order_builder.pricing import Priced, PricedLine, priced_charge, priced_lines

NOTHING = Priced(ZERO, ZERO, ZERO, ZERO, ())


@dataclass(frozen=True, slots=True)
class PricedPlace:
    """A consignment with its shipping and handling."""

    place: Place
    shipping: Priced
    handling: Priced


@dataclass(frozen=True, slots=True)
class Sums:
    """All prices of one order. `sold` is what the shopper owes before any tender, tax in it, in whole minor units."""

    lines: tuple[PricedLine, ...]
    places: tuple[PricedPlace, ...]
    fees: tuple[Priced, ...]
    sold: Decimal
    tax: Decimal
    certificate: Decimal
    credit: Decimal

    @property
    def left_to_pay(self) -> Decimal:
        """What remains after gift certificates and store credit."""
        return max(ZERO, self.sold - self.certificate - self.credit)

    def total_of(self, part: str) -> Priced:
        """The sum of one kind of charge: shipping, handling or wrapping."""
        if part == "wrapping":
            return _added([line.wrapping for line in self.lines])
        return _added([getattr(place, part) for place in self.places])

    @property
    def goods(self) -> Priced:
        """The sum of the lines."""
        return _added([line.price for line in self.lines])


def sums_of(cart: Cart) -> Sums:
    """Work out every price of the order."""
    places_count = cart.minor_units
    tax_places = places_count if cart.tax_places is None else cart.tax_places
    rule = {"inclusive": cart.inclusive, "tax_places": tax_places}
    lines = priced_lines(
        lines_of(cart), cart.cuts, inclusive=cart.inclusive, places=places_count, tax_places=tax_places
    )
    places = tuple(
        PricedPlace(place, priced_charge(place.shipping, **rule), priced_charge(place.handling, **rule))  # type: ignore[arg-type]
        for place in places_of_order(cart)
    )
    fees = tuple(priced_charge(fee, **rule) for fee in cart.fees)  # type: ignore[arg-type]
    everything = [
        *(line.price for line in lines),
        *(line.wrapping for line in lines),
        *(place.shipping for place in places),
        *(place.handling for place in places),
        *fees,
    ]
    whole = _added(everything)
    return Sums(
        lines,
        places,
        fees,
        half_up(whole.charged, places_count),
        half_up(whole.tax, places_count),
        cart.certificate[0],
        cart.credit[0],
    )


def lines_of(cart: Cart) -> tuple[Line, ...]:
    """The order's lines; an order of which nothing was said has one mug."""
    return cart.lines or (Line("MUG", Decimal(22) if cart.inclusive else Decimal(20), 1, cart.default_taxes, "Mug"),)


def places_of_order(cart: Cart) -> tuple[Place, ...]:
    """The order's consignments with their addresses; none when nothing is sent."""
    if not cart.places and not any(line.place == 0 for line in lines_of(cart)):
        return ()
    places = cart.places or (Place("shipping", None),)
    return tuple(place if place.address else replace(place, address=cart.buyer) for place in places)


def _added(parts: list[Priced]) -> Priced:
    return Priced(
        sum((part.ex for part in parts), ZERO),
        sum((part.inc for part in parts), ZERO),
        sum((part.tax for part in parts), ZERO),
        sum((part.charged for part in parts), ZERO),
        (),
    )
