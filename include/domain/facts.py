"""What the shop said that a document depends on, as text: its digest tells whether the order changed (T7).

Settings and code are no part of it.
"""

from decimal import Decimal

from include.domain.money import half_up, minor_digits
from include.domain.order import Order
from include.domain.receipt import CHARGED, MONEY_IN, RESERVED
from include.domain.status import DEFAULT_STATUSES


def invoice_facts(order: Order) -> str:
    """What the shop said that the invoice depends on.

    The status counts by what it means for the books, so that "shipped" after "awaiting shipment" is no change. Tax rows
    do not count: they are kept as first invoiced (accounting.md 3). Nor does the person: contacts have their own flow.
    """
    tenders = [tender for tender in order.tenders or () if tender.ok and not tender.test]
    paid = order.payment_status in CHARGED or any(tender.event in MONEY_IN for tender in tenders)
    reserved = order.payment_status in RESERVED or any(tender.event == "authorization" for tender in tenders)
    act = DEFAULT_STATUSES.get(order.status_id)
    waits = (act == "draft_until_paid" or reserved) and not paid
    state = (act if act in ("skip", "cancel") else "enters", waits, order.archived)
    lines = tuple(
        (
            *(line.id, line.sku, line.name, line.options, line.quantity, line.place),
            *(line.total_inc, line.total_ex, line.total_tax, line.discount, line.discounted_total_inc),
        )
        for line in order.lines
    )
    costs = (order.shipping, order.handling, order.wrapping, order.fees)
    totals = (order.total_inc, order.total_ex, order.total_tax)
    credit = (order.gift_certificate_amount, order.store_credit_amount)
    named = (order.created_at, order.external_id)
    return repr((state, order.prices_include_tax, order.currency, totals, lines, costs, credit, named))


def payment_facts(part: str, amount: Decimal, order: Order) -> str:
    """What the shop said that a payment depends on."""
    return repr((part, half_up(amount, minor_digits(order.currency)), order.currency, order.payment_method))
