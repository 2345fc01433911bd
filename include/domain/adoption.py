"""Orders that another connector has posted already: found, agreed on in all, and never posted again (design 4.17)."""

from collections.abc import Iterable
from decimal import Decimal

from include.domain.difference import GONE, InBooks
from include.domain.money import shown
from include.domain.outcome import Hold


def names_of(order_key: str, reference: str, number: str) -> tuple[str, ...]:
    """What others call an order: its number alone, with a hash or an "Order" before it, or the reference that we give."""
    return tuple(
        dict.fromkeys((order_key, f"#{order_key}", f"Order {order_key}", f"Order #{order_key}", reference, number))
    )


def of_another(
    order_key: str,
    names: Iterable[str],
    total: Decimal,
    currency: str,
    contacts: frozenset[str],
    found: Iterable[InBooks],
) -> InBooks | Hold | None:
    """The invoice of another connector that is this order's; a hold where one bears its name and differs; None for none.

    contacts   the ids of the contacts in Xero that are this shopper for certain
    found      invoices that may be it
    """
    wanted = {name.casefold() for name in names}
    bearing = [
        each
        for each in found
        if each.status not in GONE and (each.reference.casefold() in wanted or each.number.casefold() in wanted)
    ]
    if not bearing:
        return None
    same = [
        each for each in bearing if each.total == total and each.currency == currency and each.contact_id in contacts
    ]
    if len(same) == 1:
        return same[0]
    words = "; ".join(f"{each.number} of {shown(each.total)} {each.currency}" for each in bearing[:5])
    problem = "of another contact or another total" if not same else "of which only one can be it"
    return Hold(
        "number_taken",
        f"Xero has invoices that bear the name of order {order_key}, {problem}: {words}; the order is worth {shown(total)}.",
        {"order": shown(total), "there": shown(bearing[0].total)},
        "Say which of them is this order's by writing its number into our ledger, or change their reference.",
    )
