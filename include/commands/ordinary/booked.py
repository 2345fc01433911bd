"""What the books show of an order, wherever it was read, and where it differs from what the shop charged."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from include.sandbox.ordinary import ACCOUNTS, Charged, GivenBack, Organisation, Sale

ZERO = Decimal(0)
TAX_LINE = "Sales tax: "  # how a line of tax owed begins
Amounts = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line as it stands. `ref` names the tax and its state on a line of tax owed."""

    account: str
    tax_type: str
    gross: Decimal
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit note, and what was paid out for it, by account."""

    total: Decimal
    tax: Decimal
    lines: tuple[BookedLine, ...]
    paid_out: Amounts


@dataclass(frozen=True, slots=True)
class Booked:
    """An invoice with its payments by account and day (see `paid_at`), and its credit notes."""

    total: Decimal
    tax: Decimal
    currency: str
    dated: date
    lines: tuple[BookedLine, ...]
    paid: Amounts
    credited: tuple[Credited, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person must decide about a document."""

    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Result:
    """One sale after all looks at it: its outcome, what the books show of it, and what is wrong."""

    sale: Sale
    outcome: str
    booked: Booked | None
    reasons: tuple[Reason, ...] = ()
    wrong: tuple[str, ...] = field(default=())


def added(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Amounts of one name added up."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for name, amount in amounts:
        sums[name] += amount
    return dict(sums)


def paid_at(account: str, day: date | None) -> str:
    """Where and when money came, as one name."""
    return f"{account} of {day}"


def differences(sale: Sale, outcome: str, booked: Booked | None, organisation: Organisation) -> tuple[str, ...]:
    """Where the books are not what the shop demands, a sentence each; empty if all is right.

    What is held is not wrong: then only what was posted all the same is looked at.
    """
    if sale.due == "skipped" or sale.books is None:
        return () if booked is None else (f"the books show {booked.total}, nothing was due",)
    if booked is None:
        return () if outcome in ("held", "failed") else (f"{outcome}, and the books show nothing",)
    wrong = list(_invoice_differs(sale.books, booked, organisation))
    if outcome == "held" and sale.rule is None:
        # What waits is not there yet; what is there must still be a part of what is due.
        wrong += [
            f"paid {amount} on {account}, not more than {_paid(sale.books).get(account, ZERO)} was due"
            for account, amount in booked.paid.items()
            if amount > _paid(sale.books).get(account, ZERO)
        ]
    else:
        wrong += _differs("paid", _paid(sale.books), booked.paid)
        wrong += _credits_differ(sale.books.refunds, booked.credited, organisation)
    if sale.rule is not None and outcome != "held":
        wrong.append(f"{outcome}, although accounting.md holds it: {sale.rule.words} (section {sale.rule.section})")
    return tuple(wrong)


def _invoice_differs(charged: Charged, booked: Booked, organisation: Organisation) -> Iterable[str]:
    tax = booked.tax
    if organisation.tax_as_lines:
        owed = added((line.ref, line.gross) for line in booked.lines if line.account == _liability())
        tax += sum(owed.values(), ZERO)
        for name in sorted({*charged.owed, *owed}) if charged.parts else ():
            due, there = charged.owed.get(name, ZERO), owed.get(name, ZERO)
            if not due <= there <= due + charged.owed_by_fees:
                yield f"owed {there} of {name}, the shop says {due}"
    for name, wanted, found in (
        ("total", charged.total, booked.total),
        ("tax", charged.tax, tax),
        ("currency", charged.currency, booked.currency),
        ("date", charged.dated, booked.dated),
    ):
        if wanted != found:
            yield f"{name} {found}, the shop says {wanted}"
    if charged.parts:
        wanted_parts = {f"{ACCOUNTS[role]} {tax_type}": amount for (role, tax_type), amount in charged.parts.items()}
        found_parts = added(
            (f"{line.account} {line.tax_type}", line.gross) for line in booked.lines if line.account != _liability()
        )
        yield from _differs("charged", wanted_parts, found_parts)


def _credits_differ(
    refunds: tuple[GivenBack, ...], credited: tuple[Credited, ...], organisation: Organisation
) -> Iterable[str]:
    if len(refunds) != len(credited):
        yield f"{len(credited)} credit notes, {len(refunds)} refunds"
        return
    for refund, note in zip(refunds, credited, strict=True):
        tax = note.tax
        if organisation.tax_as_lines:
            tax += sum((line.gross for line in note.lines if line.account == _liability()), ZERO)
        if (refund.total, refund.tax) != (note.total, tax):
            yield f"credited {note.total} with {tax} tax, the shop gave back {refund.total} with {refund.tax}"
        wanted = {ACCOUNTS[role]: amount for role, amount in refund.paid_out.items()}
        yield from _differs("paid out", added(wanted.items()), note.paid_out)


def _paid(charged: Charged) -> dict[str, Decimal]:
    return added((paid_at(ACCOUNTS[role], day), amount) for (role, day), amount in charged.paid.items())


def _liability() -> str:
    return ACCOUNTS["sales_tax_liability"]


def _differs(what: str, wanted: Amounts, found: Amounts) -> Iterable[str]:
    for name in sorted({*wanted, *found}):
        due, there = wanted.get(name, ZERO), found.get(name, ZERO)
        if due != there:
            yield f"{what} {there} on {name}, the shop says {due}"
