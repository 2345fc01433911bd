"""What would enter the books, computed a second time from the documents alone (T3, T6)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from include.checks.suites import KEY, Result, null_rule, validated
from include.checks.verdict import Finding, Verdict
from include.domain.document import Allocation, CreditNote, Invoice, Payment, RefundPayment
from include.domain.money import ZERO, half_up, shown
from include.domain.outcome import Hold
from include.domain.policy import Reference

Document = Invoice | Payment | CreditNote | RefundPayment | Allocation
REASONS = {
    "lines_make_the_total": "total_differs",
    "tax_is_the_orders": "total_differs",
    "accounts_are_alive": "account_dead",
    "tax_types_are_alive": "tax_type_dead",
    "numbers_are_unique": "number_taken",
    "payments_fit_the_invoice": "overpaid",
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A document that would be sent, and the tax that its order bears."""

    order_key: int
    kind: str
    part: str
    document: Document
    order_tax: Decimal | None = None


def expectations() -> list[Any]:
    """The suite: one expectation a rule."""
    return [null_rule(rule) for rule in REASONS]


def check_outgoing(outgoing: Sequence[Outgoing], reference: Reference, *, liability_line: bool) -> Verdict:
    """Which orders would enter the books wrongly. Nothing to send is in order."""
    if not outgoing:
        return Verdict(tuple(REASONS))
    numbers = Counter(_number(each) for each in outgoing if _number(each))
    paid: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for each in outgoing:
        if isinstance(each.document, Payment):
            paid[each.order_key] += each.document.amount
    rows = [
        {
            KEY: index,
            "lines_make_the_total": _total_problem(each.document),
            "tax_is_the_orders": _tax_problem(each, liability_line),
            "accounts_are_alive": _account_problem(each.document, reference),
            "tax_types_are_alive": _tax_type_problem(each.document, reference),
            "numbers_are_unique": _twice(each, numbers),
            "payments_fit_the_invoice": _overpaid(each, paid),
        }
        for index, each in enumerate(outgoing)
    ]
    results = validated(rows, (KEY, *REASONS), expectations())
    findings: list[Finding] = []
    broken: list[tuple[str, str]] = []
    for rule, reason in REASONS.items():
        result = results.get(rule, Result(True, ()))
        if result.trouble:
            broken.append((rule, result.trouble))
        for index in result.records:
            findings.append(Finding(outgoing[int(index)].order_key, rule, Hold(reason, str(rows[int(index)][rule]))))
    return Verdict(tuple(REASONS), tuple(findings), tuple(broken))


def _number(each: Outgoing) -> str | None:
    return each.document.number if isinstance(each.document, Invoice | CreditNote) else None


def _total_problem(document: Document) -> str | None:
    if not isinstance(document, Invoice | CreditNote):
        return None
    amount = sum((half_up(line.quantity * line.unit_amount) for line in document.lines), ZERO)
    tax = sum((line.tax for line in document.lines), ZERO)
    total = amount if document.line_amount_types == "Inclusive" else amount + tax
    if total == document.total and tax == document.tax:
        return None
    return f"{document.number}: its lines make {shown(total)} with {shown(tax)} tax, it says {shown(document.total)}."


def _tax_problem(each: Outgoing, liability_line: bool) -> str | None:
    document = each.document
    if not isinstance(document, Invoice) or each.order_tax is None:
        return None
    owed = sum((line.amount for line in document.lines if line.kind == "tax_liability"), ZERO)
    tax = owed if liability_line else document.tax
    if tax == half_up(each.order_tax):
        return None
    return f"{document.number} would show tax of {shown(tax)}; the order bears {shown(each.order_tax)}."


def _account_problem(document: Document, reference: Reference) -> str | None:
    if isinstance(document, Payment | RefundPayment):
        account = reference.accounts.get(document.account)
        alive = account is not None and account.active and account.takes_payments
        return None if alive else f"Account {document.account} is missing, archived or takes no payments."
    if isinstance(document, Allocation):
        return None
    for line in document.lines:
        account = reference.accounts.get(line.account)
        if account is None or not account.active:
            return f"Account {line.account or '(none)'} of {line.ref} is missing or archived in Xero."
    return None


def _tax_type_problem(document: Document, reference: Reference) -> str | None:
    if not isinstance(document, Invoice | CreditNote):
        return None
    for line in document.lines:
        tax_type = reference.tax_types.get(line.tax_type)
        if tax_type is None or not tax_type.active:
            return f"Tax type {line.tax_type} of {line.ref} is not active in Xero."
    return None


def _twice(each: Outgoing, numbers: Counter[str | None]) -> str | None:
    number = _number(each)
    return f"{number} would be used {numbers[number]} times in this batch." if number and numbers[number] > 1 else None


def _overpaid(each: Outgoing, paid: dict[int, Decimal]) -> str | None:
    if not isinstance(each.document, Invoice) or paid[each.order_key] <= each.document.total:
        return None
    return f"Payments of {shown(paid[each.order_key])} would exceed {each.document.number} of {shown(each.document.total)}."
