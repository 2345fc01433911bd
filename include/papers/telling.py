"""What a paper says, before it has a form: the verdict, the differences by cause, what waits, and what later versions changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from include.domain.money import ZERO
from include.domain.outcome import REASONS
from include.domain.reconciliation import CAUSES, Cause, Column, DayReport, Difference, Meaning, Paper, Row, What
from include.papers.words import many, money, sums

NAMES: Final[dict[What, str]] = {"sales": "Sales", "refunds": "Refunds", "payments": "Payments"}
CAUSE_NAMES: Final[dict[Cause, str]] = {
    "missing": "Missing in the books",
    "missing_in_xero": "Gone from Xero",
    "doubled": "Twice in Xero",
    "cents": "Out by cents",
    "edited_in_xero": "Edited in Xero",
    "changed_in_shop": "Changed in the shop",
    "deleted_in_shop": "Deleted in the shop",
    "still_held": "Held",
    "on_its_way": "On its way",
    "another_day": "Another day",
    "payment_missing": "Payment gone",
    "payment_not_ours": "Payment not ours",
    "refund_missing": "Refund missing",
    "not_ours": "Not ours",
    "waits_by_rule": "Follows later",
    "accepted": "Accepted",
}
AGREES = "They agree"
SHADOW = "A shadow run: nothing was compared"
NONE = Column(0, ZERO)


@dataclass(frozen=True, slots=True)
class Group:
    """The differences of one cause, and what the cause means."""

    cause: Cause
    name: str
    meaning: Meaning
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """What a reason means: of a hold, or of what rightly is not in the books."""

    reason: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A total that a later version states otherwise: shop, ledger and Xero, each as it was and as it is."""

    what: What
    currency: str
    sides: tuple[tuple[Column, Column], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a later version says otherwise. Empty: only other parts of the report changed."""

    moved: tuple[Moved, ...]
    new: tuple[Difference, ...]
    gone: tuple[Difference, ...]


def unnamed(report: DayReport) -> tuple[Row, ...]:
    """The rows whose columns differ although no order is named: a paper must not call that agreement."""
    if report.shadow:
        return ()
    named = {(each.what, each.currency) for each in report.differences}
    return tuple(row for row in report.rows if not row.agrees and (row.what, row.currency) not in named)


def needing(report: DayReport) -> int:
    """How many differences need somebody."""
    return len(report.open) + len(unnamed(report))


def verdict(report: DayReport) -> str:
    """The first line: `They agree`, or how many differences need somebody."""
    if report.shadow:
        return SHADOW
    count = needing(report)
    return f"{many(count, 'difference')} {'needs' if count == 1 else 'need'} you" if count else AGREES


def look(report: DayReport) -> str:
    """How the verdict looks: `agrees`, `differs`, or `shadow`, which is neither."""
    if report.shadow:
        return "shadow"
    return "differs" if needing(report) else "agrees"


def newest(paper: Paper) -> DayReport:
    """What is known by now: the last addendum where there is one."""
    return paper.addenda[-1][1] if paper.addenda else paper.report


def headline(paper: Paper) -> str:
    """The verdict by what is known now: a signed page must not look right when the day is not right any more."""
    if not paper.addenda:
        return verdict(paper.report)
    now = newest(paper)
    return f"{verdict(now)} since it was signed" if needing(now) else f"{AGREES}, and changed since it was signed"


def because(report: DayReport) -> str:
    """The sentence below it: what was sold, and how far the sides are apart."""
    sales = [row for row in report.rows if row.what == "sales"]
    sold = sums({row.currency: row.shop.amount for row in sales})
    said = f"The shop sold {many(sum(row.shop.count for row in sales), 'order')}{': ' + sold if sold else ''}. "
    if report.shadow:
        return said + "The store posts nothing yet, so there is nothing to compare with and nothing to sign."
    if needing(report):
        apart = {row.currency: gap for row in sales if (gap := row_gap(row))}
        told = ", ".join(f"{currency} {money(amount, currency)}" for currency, amount in sorted(apart.items()))
        return said + (
            f"Xero less the shop, sales: {told}." if told else "The sums of sales agree; what differs is below."
        )
    if count := len(report.differences):
        themselves = "explains itself" if count == 1 else "explain themselves"
        return said + f"Shop, ledger and Xero agree; {many(count, 'difference')} below {themselves}."
    return said + "Shop, ledger and Xero say the same, to the cent."


def gap(difference: Difference) -> Decimal:
    """Xero less the shop; a side that has nothing counts as zero."""
    return (difference.xero or ZERO) - (difference.shop or ZERO)


def row_gap(row: Row) -> Decimal:
    """Xero less the shop."""
    return row.xero.amount - row.shop.amount


def by_cause(differences: Iterable[Difference]) -> list[Group]:
    """The differences by cause, in the order of the closed list; within a cause the largest first, an order's together."""
    found: dict[Cause, list[Difference]] = {}
    largest: dict[tuple[Cause, str], Decimal] = {}
    for each in differences:
        found.setdefault(each.cause, []).append(each)
        about = (each.cause, each.order_key or each.number)
        largest[about] = max(largest.get(about, ZERO), abs(gap(each)))

    def place(each: Difference) -> tuple[Decimal, str, int]:
        about = each.order_key or each.number
        return -largest[each.cause, about], about, list(NAMES).index(each.what)

    return [
        Group(cause, CAUSE_NAMES[cause], meaning, tuple(sorted(found[cause], key=place)))
        for cause, meaning in CAUSES.items()
        if cause in found
    ]


def explained(report: DayReport) -> list[Difference]:
    """The differences that need nobody."""
    return [each for each in report.differences if each.is_explained]


def remedy_of(difference: Difference) -> str:
    """What to do about it: its own remedy, else its cause's."""
    return difference.remedy or CAUSES[difference.cause].remedy


def meaning_of(reason: str) -> Waits:
    """What a reason of the closed list means; one that this version does not know is told by its name."""
    known = REASONS.get(reason)
    return Waits(reason, known.sentence, known.remedy) if known else Waits(reason, reason.replace("_", " "), "")


def changes(paper: Paper) -> list[tuple[int, DayReport, Change]]:
    """Each addendum with what it says otherwise than the version before it, oldest first."""
    told, before = [], paper.report
    for version, report in paper.addenda:
        told.append((version, report, change(before, report)))
        before = report
    return told


def change(before: DayReport, after: DayReport) -> Change:
    """What the later report says otherwise."""
    held = set(before.differences)
    holds = set(after.differences)
    return Change(
        tuple(_moved(before.rows, after.rows)),
        tuple(each for each in after.differences if each not in held),
        tuple(each for each in before.differences if each not in holds),
    )


def _moved(before: Sequence[Row], after: Sequence[Row]) -> Iterable[Moved]:
    were = {(row.what, row.currency): row for row in before}
    are = {(row.what, row.currency): row for row in after}
    for what, currency in dict.fromkeys([*were, *are]):
        nothing = Row(what, currency, NONE, NONE, NONE)
        old, new = (rows.get((what, currency), nothing) for rows in (were, are))
        if old != new:
            yield Moved(what, currency, ((old.shop, new.shop), (old.ledger, new.ledger), (old.xero, new.xero)))
