"""What the shopper was charged, what was paid by which tender and what was given back: the shop's own word for it.

The books must show exactly this, to the cent. Nothing here knows how the books come about.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from include.sandbox.order_builder import OrderBuilder
from include.sandbox.order_builder.amounts import ZERO, half_up
from include.sandbox.order_builder.parts import Address, Tax
from include.sandbox.order_builder.pricing import Priced
from include.sandbox.order_builder.sums import Sums, sums_of
from include.sandbox.order_builder.tenders import given_back_by
from include.sandbox.ordinary.organisations import Organisation
from include.sandbox.ordinary.tills import ROLES

Amounts = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """One refund: what was given back, the tax in it, and by which tender."""

    total: Decimal
    tax: Decimal
    paid_out: Amounts


@dataclass(frozen=True, slots=True)
class Charged:
    """An order's money. Accounts are told by their roles.

    total       what was sold, less a certificate that was taxed when it was sold
    parts       (role, tax type of Xero) -> charged, with tax; without, where tax is posted as lines of its own.
                Empty where the shop keeps four decimals of a line's tax: no single line says then what it bore.
    owed        tax by name and state, where tax is posted as lines of its own, as far as the shop's tax rows tell it
    owed_by_fees    the tax of fees, which have no rows: nobody is told to whom each cent of it is owed
    paid        (role, day in the organisation's zone) -> what came
    """

    total: Decimal
    tax: Decimal
    currency: str
    dated: date
    parts: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    owed: Amounts = field(default_factory=dict)
    owed_by_fees: Decimal = ZERO
    paid: Mapping[tuple[str, date], Decimal] = field(default_factory=dict)
    refunds: tuple[GivenBack, ...] = ()


def charged_of(order: OrderBuilder, organisation: Organisation, *, drafted: bool = False) -> Charged:
    """What this order came to. `drafted`: the books had it as a draft first, which its first money dates."""
    sums = sums_of(order)
    zone = ZoneInfo(organisation.zone)
    placed = order.placed_at.astimezone(zone).date()
    paid: dict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
    for tender in order.tenders or ():
        if tender.event != "authorization":
            assert tender.amount is not None  # every tender here has its amount
            assert tender.at is not None  # and its moment
            paid[ROLES[tender.by], tender.at.astimezone(zone).date()] += tender.amount
    taxed_before = _taxed_when_sold(order, sums, organisation)
    paid[ROLES["gift_certificate"], placed] += ZERO if organisation.voucher_rate else sums.certificate
    paid[ROLES["store_credit"], placed] += sums.credit
    came = {key: amount for key, amount in paid.items() if amount}
    return Charged(
        total=sums.sold - (sums.certificate if organisation.voucher_rate else ZERO),
        tax=sums.tax + taxed_before,
        currency=order.currency,
        dated=min((day for _, day in came), default=placed) if drafted else placed,
        parts={} if order.tax_places else _parts(order, sums, organisation),
        owed=_owed(order, sums) if organisation.tax_as_lines and not order.tax_places else {},
        owed_by_fees=sum((price.tax for price in sums.fees), ZERO),
        paid=came,
        refunds=tuple(_refund(order, sums, at) for at in range(len(order.refunds))),
    )


def _refund(order: OrderBuilder, sums: Sums, at: int) -> GivenBack:
    total, tax = given_back_by(order, sums, at)
    out: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for way, amount in order.refunds[at].to:
        out[ROLES[way]] += total if amount is None else amount
    return GivenBack(total, tax, dict(out))


def _parts(order: OrderBuilder, sums: Sums, organisation: Organisation) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)

    def add(role: str, price: Priced, taxes: tuple[Tax, ...], there: Address) -> None:
        amount = price.charged - (price.tax if organisation.tax_as_lines else ZERO)
        found[role, _tax_type(organisation, taxes, there)] += amount

    home = order.buyer
    places = [at.place.address or home for at in sums.places]
    main = places[0] if places else home
    for line in sums.lines:
        there = home if line.line.place is None else places[line.line.place]
        if line.line.kind == "giftcertificate":
            found["gift_card_liability", organisation.voucher_type or organisation.no_tax] += line.price.charged
        else:
            add("sales", line.price, line.line.taxes, there)
        add("wrapping", line.wrapping, line.line.wrapping.taxes, there)
    for at, there in zip(sums.places, places, strict=True):
        add("shipping", at.shipping, at.place.shipping.taxes, there)
        add("handling", at.handling, at.place.handling.taxes, there)
    for fee, price in zip(order.fees, sums.fees, strict=True):
        if fee.name == "Tip":
            found["fees", organisation.no_tax] += price.charged
        else:
            add("fees", price, fee.taxes, main)
    if organisation.voucher_rate:
        found["gift_card_liability", organisation.voucher_type] -= sums.certificate
    return {key: amount for key, amount in found.items() if amount}


def _taxed_when_sold(order: OrderBuilder, sums: Sums, organisation: Organisation) -> Decimal:
    """The tax inside certificates that are sold, less what was taxed before of the one that is used."""
    if not organisation.voucher_rate:
        return ZERO
    rate = Decimal(organisation.voucher_rate)
    faces = [line.price.charged for line in sums.lines if line.line.kind == "giftcertificate"] + [-sums.certificate]
    return sum((half_up(face * rate / (100 + rate)) for face in faces), ZERO)


def _tax_type(organisation: Organisation, taxes: tuple[Tax, ...], there: Address) -> str:
    """The rate of Xero for these taxes at this place."""
    spelled = there.spelled()
    country, state = spelled["country_iso2"], spelled["state"]
    named = tuple((tax.name, tax.rate) for tax in taxes)
    for levy in organisation.levies:
        if tuple((name, Decimal(rate)) for name, rate in levy.taxes) == named and (
            levy.country in ("*", country) and levy.state in ("*", state)
        ):
            return levy.tax_type
    raise ValueError(f"{organisation.key} has no rate for {named} in {state} {country}")


def _owed(order: OrderBuilder, sums: Sums) -> dict[str, Decimal]:
    """By tax and state: two states never share what is owed, whatever they call it."""
    owed: dict[str, Decimal] = defaultdict(lambda: ZERO)
    places = [at.place.address or order.buyer for at in sums.places]
    everything: list[tuple[Priced, Address]] = []
    for line in sums.lines:
        there = order.buyer if line.line.place is None else places[line.line.place]
        everything += [(line.price, there), (line.wrapping, there)]
    for at, there in zip(sums.places, places, strict=True):
        everything += [(at.shipping, there), (at.handling, there)]
    for price, there in everything:
        for tax, amount in price.rows:
            owed[f"{tax.name}, {there.spelled()['state']}"] += amount
    return {name: amount for name, amount in owed.items() if amount}
