"""What a resync finds about one order, in the closed words of the daily report (accounting.md 9).

Shop, ledger and Xero were asked just now; here they are only compared. No personal data: numbers, amounts and reasons.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from include.domain.difference import GONE, InBooks
from include.domain.money import minor_digits, shown
from include.domain.reconciliation import Cause


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that differs: which of the closed list, and in words. number: of the document in Xero, where there is one."""

    cause: Cause
    sentence: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A document of the order as our ledger has it: how it is called, what we wrote. is_live: Xero has it still."""

    name: str
    amount: Decimal
    is_live: bool = True


@dataclass(frozen=True, slots=True)
class Sides:
    """One order as the three sides say it.

    in_shop    whether the shop has it
    is_owed    whether the books must show an invoice of it, by today's plan
    changed    whether the shop says otherwise than when its documents were written
    invoice    ours, and `there` the same as Xero shows it; None where there is none
    edit       what a person changed in it, in words
    payments   ours; `strangers` live ones on our invoice that no link of ours names
    paid_out   ours for refunds
    refunds    our credit notes, and those that are owed by today's plan
    others     live invoices that bear the order's name and that no link of ours names
    waits      what it was held or failed for when it was looked at last, each as outcome and sentence
    """

    order_key: int
    currency: str = ""
    in_shop: bool = True
    is_owed: bool = False
    changed: bool = False
    invoice: Written | None = None
    there: InBooks | None = None
    edit: str = ""
    payments: tuple[Written, ...] = ()
    strangers: tuple[Decimal, ...] = ()
    paid_out: tuple[Written, ...] = ()
    refunds: tuple[Written, ...] = ()
    others: tuple[InBooks, ...] = ()
    waits: tuple[tuple[str, str], ...] = ()


def found_in(sides: Sides) -> tuple[Found, ...]:
    """All that differs, the gravest first; empty where the three sides agree and nothing waits."""
    if not sides.in_shop:
        return (Found("deleted_in_shop", _left_behind(sides), sides.invoice.name if sides.invoice else ""),)
    return (*_of_the_invoice(sides), *_of_the_money(sides), *_of_the_order(sides))


def stands(sides: Sides) -> bool:
    """Whether our invoice stands in Xero."""
    return sides.there is not None and sides.there.status not in GONE


def _of_the_invoice(sides: Sides) -> Iterator[Found]:
    ours, there = sides.invoice, sides.there
    if ours is None and sides.is_owed and not sides.others:
        yield Found("missing", f"Order {sides.order_key} was sold, and neither our ledger nor Xero has it.")
    if ours is not None and sides.is_owed and not stands(sides):
        now = there.status.lower() if there is not None else "gone"
        yield Found("missing_in_xero", f"{ours.name} was posted; in Xero it is {now}.", ours.name)
    if ours is not None and stands(sides) and sides.edit:
        yield Found("edited_in_xero", sides.edit, ours.name)
    for other in sides.others:
        words = f"{other.number} of {_money(sides, other.total)} bears the order's name, and we did not write it."
        yield Found("doubled" if ours is not None else "not_ours", words, other.number)


def _of_the_money(sides: Sides) -> Iterator[Found]:
    ours = sides.invoice
    if ours is None or not stands(sides):
        return
    for payment in (*sides.payments, *sides.paid_out):
        if not payment.is_live:
            words = f"The payment {payment.name} of {_money(sides, payment.amount)} is not in Xero any more."
            yield Found("payment_missing", words, ours.name)
    for amount in sides.strangers:
        yield Found("payment_not_ours", f"{_money(sides, amount)} is paid on {ours.name}, and not by us.", ours.name)
    for refund in sides.refunds:
        if not refund.is_live:
            words = f"The credit note {refund.name} of {_money(sides, refund.amount)} is not in Xero."
            yield Found("refund_missing", words, refund.name)


def _of_the_order(sides: Sides) -> Iterator[Found]:
    if sides.changed:
        yield Found("changed_in_shop", "The shop says otherwise than when it was posted.")
    for outcome, sentence in sides.waits:
        yield Found("still_held" if outcome == "held" else "on_its_way", sentence)


def _left_behind(sides: Sides) -> str:
    if sides.invoice is None:
        return f"The shop has no order {sides.order_key}, and our ledger has nothing of it."
    status = sides.there.status if sides.there is not None else "gone"
    words = f"The shop has no order {sides.order_key}; {sides.invoice.name} of {_money(sides, sides.invoice.amount)}"
    paid = sum((payment.amount for payment in sides.payments if payment.is_live), Decimal(0))
    return f"{words} is {status} in Xero, {_money(sides, paid)} paid by us. Nothing was voided."


def _money(sides: Sides, amount: Decimal) -> str:
    return f"{shown(amount, minor_digits(sides.currency))} {sides.currency}".strip()
