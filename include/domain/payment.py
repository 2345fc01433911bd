"""Which payments an order's tenders become (accounting.md 5): one payment per tender, by date, never more than the total."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from include.domain.document import Invoice, Payment
from include.domain.invoice import open_day
from include.domain.money import ZERO, half_up, minor_digits, shown
from include.domain.order import Order
from include.domain.outcome import Hold, Skip
from include.domain.policy import Account, Policy, Reference, TenderRule
from include.domain.receipt import STORE_CREDIT, Receipt, receipts_of, rule_of
from include.domain.voucher import GIFT_CERTIFICATE


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """A payment that is due, or why it is not posted. `part` is its place in the order's payments."""

    part: str
    amount: Decimal
    decision: Payment | Skip | Hold


def payments_of(order: Order, invoice: Invoice, policy: Policy, reference: Reference) -> tuple[PlannedPayment, ...]:
    """One payment per receipt, up to the invoice's total; what is more is held (`overpaid`)."""
    total = invoice.total
    digits = minor_digits(order.currency)
    left = total
    planned = []
    for receipt in receipts_of(order, total, reference.zone, policy):
        fits = min(receipt.amount, max(left, ZERO))
        left -= receipt.amount
        if fits > ZERO:
            posted = half_up(fits, digits)
            decision = _decide(receipt, posted, order, invoice, policy, reference)
            planned.append(PlannedPayment(receipt.part, posted, decision))
        if fits < receipt.amount:
            excess = receipt.amount - fits
            hold = Hold(
                "overpaid",
                f"{shown(receipt.amount, digits)} came by {receipt.method}, "
                f"{shown(excess, digits)} more than the {shown(total, digits)} that the order is worth.",
                {"received": shown(receipt.amount, digits), "excess": shown(excess, digits)},
            )
            planned.append(PlannedPayment(f"{receipt.part}-excess", half_up(excess, digits), hold))
    return tuple(planned)


def _decide(
    receipt: Receipt, posted: Decimal, order: Order, invoice: Invoice, policy: Policy, reference: Reference
) -> Payment | Skip | Hold:
    rule = rule_of(order.payment_method, receipt.gateway, receipt.method, policy)
    amount = shown(posted, minor_digits(order.currency))
    if rule is None:
        ways = " / ".join(
            way for way in (order.payment_method, receipt.gateway, receipt.method) if way not in ("", "*")
        )
        return Hold(
            "method_unmapped",
            f"{amount} was paid by {ways}, which has no account.",
            {"amount": amount, "payment method": order.payment_method, "gateway": receipt.gateway},
        )
    if rule.excluded:
        return Skip("excluded_by_setting", f"{amount} by {rule.tender} is not posted by us, by setting.")
    if receipt.method == STORE_CREDIT and policy.promotional_credit == "hold":
        return Hold(
            "setting_unanswered",
            f"{amount} was paid by store credit; by setting a person says whether it was paid for or given away.",
            {"amount": amount},
            "Release it as a payment, or set `promotional_credit: tender`.",
        )
    if receipt.method in (GIFT_CERTIFICATE, STORE_CREDIT) and order.base_currency not in ("", order.currency):
        return Hold(
            "currency_unknown",
            f"{amount} {order.currency} was paid by {rule.tender}, which is issued in {order.base_currency}.",
            {"amount": amount, "issued in": order.base_currency, "order in": order.currency},
        )
    if receipt.currency != order.currency:
        return Hold(
            "currency_unknown",
            f"{amount} was paid in {receipt.currency}, but the order is in {order.currency}.",
            {"amount": amount, "paid in": receipt.currency, "order in": order.currency},
        )
    account = account_for(rule, order.currency, posted, reference)
    if isinstance(account, Hold):
        return account
    paid_on = open_day(receipt.received_on, policy, reference)
    if isinstance(paid_on, Hold):
        return paid_on
    traced = f"{invoice.number}/{receipt.part}" + (f" {receipt.gateway_id}" if receipt.gateway_id else "")
    return Payment(
        part=receipt.part,
        invoice_number=invoice.number,
        tender=rule.tender,
        account=rule.account,
        payment_date=paid_on,
        amount=posted,
        currency=order.currency,
        reference=traced,
        not_before=receipt.received_on + timedelta(days=rule.clears_after_days) if rule.clears_after_days else None,
        # Money in the base currency is worth the invoice at the invoice's own rate policy.
        currency_rate=invoice.currency_rate if account.currency in ("", reference.base_currency) else None,
    )


def account_for(rule: TenderRule, currency: str, amount: Decimal, reference: Reference) -> Account | Hold:
    """The account that money of this currency goes to or comes from; a hold where Xero would refuse it (accounting.md 5)."""
    account = reference.accounts.get(rule.account)
    if account is None or not account.active or not account.takes_payments:
        return Hold(
            "account_dead",
            f"Account {rule.account} for {rule.tender} is missing, archived or takes no payments.",
            {"account": rule.account},
        )
    if account.currency and account.currency not in (currency, reference.base_currency):
        return Hold(
            "currency_unknown",
            f"Account {rule.account} is in {account.currency}, the order in {currency}.",
            {"account": rule.account, "amount": shown(amount, minor_digits(currency))},
        )
    return account
