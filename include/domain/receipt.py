"""What money came for an order, by what its tenders or its own words say (accounting.md 5), and whose account that is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from include.domain.money import ZERO
from include.domain.order import Order, Says, Tender
from include.domain.policy import Policy, Reference, TenderRule
from include.domain.status import Money
from include.domain.voucher import GIFT_CERTIFICATE, is_taxed_when_sold

MONEY_IN = ("purchase", "capture")
STORE_CREDIT = "store_credit"
CHARGED = ("captured", "paid")
RESERVED = ("authorized", "capture pending", "held for review")
# An order in one of these says nothing about money, so its tenders are not read.
NEVER_READ = (0,)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that was received, before it is known which account it belongs to."""

    part: str
    amount: Decimal
    currency: str
    received_on: date
    gateway: str
    method: str
    gateway_id: str | None
    source: Literal["tender", "order"]


def needs_tenders(order: Says, policy: Policy) -> bool:
    """Whether the order's own words do not settle what was received, so that its tenders must be read.

    An order can say `captured` for its total although less was captured; so only methods that are listed as charged in
    full at once are believed (accounting.md 5).
    """
    if order.status_id in NEVER_READ:
        return False
    if order.status_id in (5, 6) or order.archived:
        return True
    if order.payment_status in ("", "pending") and rule_of(order.payment_method, "*", "*", policy, arrives=True):
        return False
    rule = rule_of(order.payment_method, "*", "*", policy)
    return not (rule is not None and rule.in_full and order.payment_status in CHARGED)


def money_of(order: Order, policy: Policy) -> Money:
    """What is known of the order's money, before the total is proven."""
    given_back = sum(
        (payment.amount for refund in order.refunds or () for payment in refund.payments if not payment.declined), ZERO
    )
    authorised_only = order.payment_status in RESERVED
    if order.tenders is None:
        if order.payment_status in CHARGED or authorised_only or not needs_tenders(order, policy):
            received = order.total_inc if order.payment_status in CHARGED else ZERO
            return Money(received + _credit_of(order, policy), given_back, authorised_only)
        return Money(None, given_back, authorised_only)
    receipts = receipts_of(order, order.total_inc, "UTC", policy)
    received = sum((receipt.amount for receipt in receipts), ZERO)
    waiting = any(tender.event == "authorization" and tender.ok for tender in _real(order.tenders))
    return Money(received, given_back, received == ZERO and (waiting or authorised_only))


def receipts_of(order: Order, total: Decimal, zone: str, policy: Policy) -> tuple[Receipt, ...]:
    """All that was received for the order, by date. Gift certificates and store credit are tenders like any other, but
    for certificates that were taxed when they were sold: these lower the invoice.

    What the order itself says is believed only where its way of paying is (`needs_tenders`).
    """
    if order.tenders is not None:
        read = _as_derived(list(_read_receipts(order, zone, policy)), order, policy)
        methods = {receipt.method for receipt in read}
        return tuple(read + [extra for extra in _credit_receipts(order, zone, policy) if extra.method not in methods])
    credit = list(_credit_receipts(order, zone, policy))
    rest = total - sum((receipt.amount for receipt in credit), ZERO)
    if order.payment_status in CHARGED and rest > ZERO and not needs_tenders(order, policy):
        moment = _local_date(order.created_at, zone)
        credit.append(Receipt("order", rest, order.currency, moment, "*", "*", None, "order"))
    return tuple(credit)


def _as_derived(read: list[Receipt], order: Order, policy: Policy) -> list[Receipt]:
    """What was read, under the part that it had while the order's own word was believed: one payment of the rest."""
    rule = rule_of(order.payment_method, "*", "*", policy)
    rest = [receipt for receipt in read if receipt.method not in (GIFT_CERTIFICATE, STORE_CREDIT)]
    if rule is None or not rule.in_full or not rest:
        return read
    whole = sum((receipt.amount for receipt in rest), ZERO)
    return [each for each in read if each not in rest] + [replace(rest[0], part="order", amount=whole)]


def approval_day_of(order: Order, policy: Policy, reference: Reference) -> date:
    """The day of what approves a draft: the first money, else the dispatch, else the status change (accounting.md 2)."""
    receipts = receipts_of(order, order.total_inc, reference.zone, policy)
    first = min((receipt.received_on for receipt in receipts), default=None)
    return first or _local_date(order.shipped_at or order.modified_at, reference.zone)


def gave_back(order: Order) -> bool:
    """Whether the tenders show money that went back: a refund, or a void of what had come, not of a reservation."""
    tenders = _real(order.tenders or ())
    came = any(tender.ok and tender.event in MONEY_IN for tender in tenders)
    reserved = {tender.id for tender in tenders if tender.event == "authorization"}
    return any(
        tender.ok
        and (tender.event == "refund" or (tender.event == "void" and came and tender.reference_id not in reserved))
        for tender in tenders
    )


def may_still_be_captured(order: Order) -> bool:
    """Whether more was reserved than was taken: the rest may come yet, or be let go."""
    tenders = [tender for tender in _real(order.tenders or ()) if tender.ok]
    gone = {tender.reference_id for tender in tenders if tender.event == "void"}
    reserved = [tender for tender in tenders if tender.event == "authorization" and tender.id not in gone]
    taken = sum((tender.amount for tender in tenders if tender.event == "capture"), ZERO)
    return sum((tender.amount for tender in reserved), ZERO) > taken


def _real(tenders: Iterable[Tender]) -> list[Tender]:
    return [tender for tender in tenders if not tender.test]


def _read_receipts(order: Order, zone: str, policy: Policy) -> Iterable[Receipt]:
    tenders = _real(order.tenders or ())
    if is_taxed_when_sold(policy):
        tenders = [tender for tender in tenders if tender.method != GIFT_CERTIFICATE]
    undone = {tender.reference_id for tender in tenders if tender.ok and tender.event == "void"}
    came = [tender for tender in tenders if tender.ok and tender.event in MONEY_IN and tender.id not in undone]
    methods = [tender.method for tender in came]
    for tender in sorted(came, key=lambda each: (each.happened_at, len(each.id), each.id)):
        # The same part whether the order or its tender row says it: a tender first derived and later read keeps its part.
        single_credit = tender.method in (GIFT_CERTIFICATE, STORE_CREDIT) and methods.count(tender.method) == 1
        yield Receipt(
            part=tender.method if single_credit else tender.id,
            amount=tender.amount,
            currency=tender.currency or order.currency,
            received_on=_local_date(tender.happened_at, zone),
            gateway=tender.gateway,
            method=tender.method,
            gateway_id=tender.gateway_id,
            source="tender",
        )


def _credit_receipts(order: Order, zone: str, policy: Policy) -> Iterable[Receipt]:
    """Gift certificate and store credit as the order states them, where no tender row says it."""
    on = _local_date(order.created_at, zone)
    for method, amount in (
        (GIFT_CERTIFICATE, ZERO if is_taxed_when_sold(policy) else order.gift_certificate_amount),
        (STORE_CREDIT, order.store_credit_amount),
    ):
        if amount > ZERO:
            yield Receipt(method, amount, order.currency, on, "bigcommerce", method, None, "order")


def _credit_of(order: Order, policy: Policy) -> Decimal:
    certificates = ZERO if is_taxed_when_sold(policy) else order.gift_certificate_amount
    return certificates + order.store_credit_amount


def _local_date(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def tender_rule_of(order: Order, gateway: str, method: str, policy: Policy) -> TenderRule | None:
    """The account rule for a way of paying, for refunds paid out the same way."""
    return rule_of(order.payment_method, gateway, method, policy)


def rule_of(
    payment_method: str, gateway: str, method: str, policy: Policy, *, arrives: bool = False
) -> TenderRule | None:
    """The first rule that fits. What is not known of the receipt (`*`) is only met by a rule that does not ask for it."""
    return next(
        (
            rule
            for rule in policy.tenders
            if (not arrives or rule.arrives_later)
            and (method not in (GIFT_CERTIFICATE, STORE_CREDIT) or rule.method != "*" or rule.gateway != "*")
            and _fits(rule.gateway, gateway)
            and _fits(rule.method, method)
            and _fits(rule.payment_method, payment_method)
        ),
        None,
    )


def _fits(pattern: str, value: str) -> bool:
    if pattern == "*":
        return True
    pattern, value = pattern.casefold(), value.casefold()
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    return pattern == value
