"""The invoice of a proven sale (accounting.md 2): its number, dates, status and bill."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from include.domain.bill import Bill, bill_of
from include.domain.document import Invoice, InvoiceStatus, Standing
from include.domain.money import ZERO, minor_digits, shown
from include.domain.order import Order
from include.domain.outcome import Hold, Skip
from include.domain.policy import Policy, Reference
from include.domain.proof import Proof
from include.domain.tax import NeedsRows

REFERENCE_MAX = 255  # what integrators cut to; Xero gives no figure (reference xero.md 4)


def number_of(order: Order, policy: Policy, generation: int = 1) -> str:
    """The natural key of the order's invoice. A later generation follows a void by a person's decision."""
    return f"{policy.prefix}{order.id}" if generation == 1 else f"{policy.prefix}{order.id}-{generation}"


def invoice_date_of(order: Order, reference: Reference) -> date:
    """The day of the order in the organisation's zone: 14:30 UTC on 30 June is 1 July in Sydney."""
    return order.created_at.astimezone(ZoneInfo(reference.zone)).date()


def invoice_of(
    order: Order,
    proof: Proof,
    status: InvoiceStatus,
    contact_key: str,
    policy: Policy,
    reference: Reference,
    *,
    paid: bool,
    standing: Standing | None = None,
    generation: int = 1,
    approved_on: date | None = None,
) -> Invoice | Skip | Hold | NeedsRows:
    """The one invoice that the books should hold for this sale, or why there is none.

    paid         whether the whole total was received: a paid order is due on its day, any other by the store's terms.
    standing     the invoice as it is in the books already, None for a new one
    generation   above 1 where a person had it posted anew, under the next number
    approved_on  the day of what approves a draft (first money, else dispatch, else the status change)
    """
    if minor_digits(order.currency) > 2 or order.currency not in reference.currencies:
        known = ", ".join(sorted(reference.currencies))
        return Hold(
            "currency_unknown",
            f"The order is in {order.currency}; the organisation books in {known}"
            + (", and Xero keeps two decimals." if minor_digits(order.currency) > 2 else "."),
            {"order": order.currency, "organisation": known},
        )
    if proof.total < ZERO:
        total = shown(proof.total)
        return Hold("total_differs", f"The total is negative: {total}.", {"total": total})
    if proof.total == ZERO and policy.zero_total == "skip":
        return Skip("excluded_by_setting", "The order's total is zero, and zero totals are skipped by setting.")
    placed = invoice_date_of(order, reference)
    dated = _dated(placed, status, standing, approved_on, policy, reference)
    if isinstance(dated, Hold):
        return dated
    bill = bill_of(order, proof, policy, reference)
    if not isinstance(bill, Bill):
        return bill
    rate = _currency_rate(order, placed, policy, reference)
    if isinstance(rate, Hold):
        return rate
    external = f" / {order.external_id}" if order.external_id else ""
    moved = f" (dated {placed})" if dated != placed and open_day(placed, policy, reference) == dated else ""
    return Invoice(
        number=number_of(order, policy, generation),
        reference=f"{order.id}{external}{moved}"[:REFERENCE_MAX],
        url=f"{policy.control_panel_url}/manage/orders/{order.id}" if policy.control_panel_url else "",
        invoice_date=dated,
        due_date=dated if paid else dated + timedelta(days=policy.terms_days),
        currency=order.currency,
        currency_rate=rate,
        line_amount_types=bill.types,
        status=status,
        contact_key=contact_key,
        lines=bill.lines,
        total=bill.total,
        tax=bill.tax,
        rounding=bill.rounding,
        branding_theme_id=policy.branding_theme_id,
    )


def _dated(
    placed: date,
    status: InvoiceStatus,
    standing: Standing | None,
    approved_on: date | None,
    policy: Policy,
    reference: Reference,
) -> date | Hold:
    """The invoice's day. One that stands keeps it; a draft that is approved takes the day of what approved it."""
    if standing is None:
        return open_day(placed, policy, reference)
    if standing.status != "DRAFT" or status == "DRAFT":
        return standing.dated
    event = approved_on if policy.approval_date == "event" and approved_on is not None else standing.dated
    return open_day(max(event, standing.dated), policy, reference)


def open_day(dated: date, policy: Policy, reference: Reference) -> date | Hold:
    """That day, if its period is open; else a hold, or the first open day where the setting says so.

    A document dated on or before a lock date is refused by Xero (reference xero.md 8.4).
    """
    closed_to = closed_to_of(policy, reference)
    if closed_to is None or dated > closed_to:
        return dated
    if policy.locked_period == "first_open_day":
        return closed_to + timedelta(days=1)
    return Hold(
        "locked_period",
        f"It is dated {dated}, but the books are closed to {closed_to}.",
        {"date": str(dated), "closed to": str(closed_to)},
    )


def closed_to_of(policy: Policy, reference: Reference) -> date | None:
    """The last closed day: the later of Xero's lock dates and of what was filed."""
    locked, filed = reference.lock_date, policy.tax_filed_to
    return max(locked, filed) if locked and filed else locked or filed


def _currency_rate(order: Order, placed: date, policy: Policy, reference: Reference) -> Decimal | Hold | None:
    """Units of the order's currency for one of the organisation's (Xero's `CurrencyRate`); None leaves it to Xero.

    It is that of the order's own day, also where a closed period moves its documents (accounting.md 7).
    """
    if policy.currency_rate == "xero" or order.currency == reference.base_currency:
        return None
    if policy.currency_rate == "table":
        known = [row for row in policy.currency_rates if row.currency == order.currency and row.since <= placed]
        if known:
            return max(known, key=lambda row: row.since).rate
        return Hold(
            "setting_unanswered",
            f"The company's own rates are to be used, and none is given for {order.currency} on {placed}.",
            {"currency": order.currency, "date": str(placed)},
            "Add the rate under `currency_rates` in the store's settings.",
        )
    return order.base_rate if order.base_currency == reference.base_currency and order.base_rate else None
