"""Whether an order enters the books, and as what (accounting.md 4). The table is data; money decides before status."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from include.domain.document import InvoiceStatus
from include.domain.money import ZERO, minor_digits, shown
from include.domain.order import Order, Says, Status
from include.domain.outcome import Hold, Skip
from include.domain.policy import Policy, StatusAct

DEFAULT_STATUSES: Mapping[int, StatusAct] = MappingProxyType(
    {
        Status.INCOMPLETE: "skip",
        Status.PENDING: "draft_until_paid",
        Status.AWAITING_PAYMENT: "draft_until_paid",
        Status.MANUAL_VERIFICATION: "draft_until_paid",
        Status.SHIPPED: "authorise",
        Status.PARTIALLY_SHIPPED: "authorise",
        Status.AWAITING_PICKUP: "authorise",
        Status.AWAITING_SHIPMENT: "authorise",
        Status.COMPLETED: "authorise",
        Status.AWAITING_FULFILMENT: "authorise",
        Status.DISPUTED: "authorise",
        Status.PARTIALLY_REFUNDED: "refund",
        Status.REFUNDED: "refund",
        Status.CANCELLED: "cancel",
        Status.DECLINED: "cancel",
    }
)
MIGRATED = "M-MIG"  # external_source of imported history (reference bigcommerce.md 4)


@dataclass(frozen=True, slots=True)
class Money:
    """What is known of the money of an order.

    received   None where nobody looked: the tenders were not read and the order does not say.
    given_back what went back by refund records.
    """

    received: Decimal | None
    given_back: Decimal = ZERO
    authorised_only: bool = False


@dataclass(frozen=True, slots=True)
class Enter:
    """The order enters the books with this status."""

    status: InvoiceStatus


def says_refunded(order: Says) -> bool:
    """Whether the order itself says that money went back, so that there must be a refund record."""
    refunded = (Status.REFUNDED, Status.PARTIALLY_REFUNDED)
    return order.status_id in refunded or order.payment_status in ("refunded", "partially refunded")


def entry_of(order: Order, money: Money, total: Decimal | None, policy: Policy) -> Enter | Skip | Hold:
    """Whether the order enters the books, and as draft or authorised.

    total   the proven total, None where it is not proven yet: then only what needs no total is decided, and
            an order that would be judged by its money enters as a draft.
    """
    early = _before_status(order, policy)
    if early is not None:
        return early
    status = order.status
    if status is None:
        return Hold("unknown_shape", f"Status {order.status_id} is none that BigCommerce documents.")
    match policy.statuses[status]:
        case "skip":
            return Skip("incomplete")
        case "wait":
            return Skip("waits_for_status")
        case "cancel":
            entry = Enter("AUTHORISED") if policy.cancelled_stays else _cancelled(order, money)
        case "draft_until_paid":
            entry = _pending(money, total, policy, order)
        case "authorise" | "refund":
            if order.archived and not policy.cancelled_stays and (money.received is None or money.received > ZERO):
                return Hold("cancelled_with_money", "The order is archived in the shop, but money was received for it.")
            if order.archived and not policy.cancelled_stays:
                return Skip("archived")
            entry = Enter("DRAFT" if money.authorised_only and policy.uncaptured == "draft" else "AUTHORISED")
    if isinstance(entry, Enter) and policy.first_run_status == "DRAFT":
        return Enter("DRAFT")
    return entry


def _before_status(order: Order, policy: Policy) -> Skip | None:
    if order.external_source == MIGRATED:
        return Skip("migrated_history")
    if policy.start_from is not None and order.created_at < policy.start_from:
        return Skip("before_start")
    if order.pays_an_invoice:
        return Skip("b2b_invoice_payment")
    if order.tenders and all(tender.test for tender in order.tenders):
        return Skip("test_order")
    return None


def _cancelled(order: Order, money: Money) -> Enter | Skip | Hold:
    """Cancelled and declined orders vanish only when no money stayed."""
    words = "Declined" if order.status is Status.DECLINED else "Cancelled"
    captured = order.payment_status in ("captured", "paid", "partially refunded", "refunded")
    if money.received is None:
        return Hold("cancelled_with_money", f"{words}, and nobody looked whether money came.")
    if money.received == ZERO and not captured:
        return Skip("declined" if order.status is Status.DECLINED else "cancelled_never_paid")
    digits = minor_digits(order.currency)
    if money.received and money.given_back == money.received:
        return Enter("AUTHORISED")
    left = money.received - money.given_back
    return Hold(
        "cancelled_with_money",
        f"{words}, but {shown(left, digits)} was received and not given back."
        if left > ZERO
        else f"{words}, and {shown(-left, digits)} more was given back than was received.",
        {"received": shown(money.received, digits), "given back": shown(money.given_back, digits)},
    )


def _pending(money: Money, total: Decimal | None, policy: Policy, order: Order) -> Enter | Hold | Skip:
    received = money.received or ZERO
    if order.archived and not policy.cancelled_stays:
        return Hold("cancelled_with_money", "Archived while it waited for payment.") if received else Skip("archived")
    if total is None or received <= ZERO:
        return Enter("DRAFT")
    if received >= total:
        return Enter("AUTHORISED")
    if policy.part_paid_pending == "authorise":
        return Enter("AUTHORISED")
    digits = minor_digits(order.currency)
    return Hold(
        "part_paid",
        f"{shown(received, digits)} of {shown(total, digits)} was paid; the rest is awaited.",
        {"received": shown(received, digits), "total": shown(total, digits)},
    )
