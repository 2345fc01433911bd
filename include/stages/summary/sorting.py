"""Which day's document each waiting member goes to: the first of its day, or a supplement where that is taken."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from include.database.connection import Database, Row
from include.domain.policy import Policy, Reference
from include.domain.summary import Day, number_of_day
from include.settings.store import Store
from include.stages.summary.kept import member_in

SummaryKind = Literal["invoice", "credit_note"]
NUMBERS_A_DAY = 10_000  # so that the key of a day's document reads as its day and a running number


@dataclass(frozen=True, slots=True)
class Summary:
    """A day's document. `key` is its subject in links, attempts and postings."""

    key: int
    kind: SummaryKind
    day: Day
    supplement: int
    number: str


@dataclass(slots=True)
class Assigned:
    """A day's document, with the members that go to it now: its own lines, and money for it.

    taken   the parts of money that it had before
    """

    summary: Summary
    lines: list[Row] = field(default_factory=list)
    money: list[Row] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def sorted_by_day(
    db: Database, store: Store, waiting: Sequence[Row], policy: Policy, reference: Reference
) -> list[Assigned]:
    """Every day's document that something goes to now. What belongs to a sale that is in no day yet goes on waiting.

    A refund follows its sale, money follows what it pays; so sales are sorted first.
    """
    keys = sorted({row["order_key"] for row in waiting})
    stands: dict[tuple[Any, ...], int] = {
        (row["order_key"], row["kind"], row["part"], row["change"]): row["summary_key"]
        for row in db.rows("days.assigned", store=store.key, order_keys=keys)
    }
    book = _Book(db, store, waiting, sorted(set(stands.values())), policy, reference)
    for row in (row for row in waiting if row["kind"] == "invoice"):
        stands[_name(row)] = book.add_lines("invoice", row)
    for row in (row for row in waiting if row["kind"] == "credit_note"):
        if (row["order_key"], "invoice", "1", 1) in stands:
            stands[_name(row)] = book.add_lines("credit_note", row)
    for row in waiting:
        paid_for = {
            "payment": (row["order_key"], "invoice", "1", row["change"]),
            "refund_payment": (row["order_key"], "credit_note", row["note"], 1),
        }.get(row["kind"])
        if paid_for in stands:
            book.add_money(stands[paid_for], row)
    return book.assigned()


class _Book:
    """The documents of the days in question: those that are there, and those that are new."""

    def __init__(
        self,
        db: Database,
        store: Store,
        waiting: Sequence[Row],
        known: Sequence[int],
        policy: Policy,
        reference: Reference,
    ) -> None:
        self._policy, self._reference = policy, reference
        days = sorted({row["dated"] for row in waiting})
        rows = db.rows("days.summaries", store=store.key, days=days, summary_keys=list(known))
        self._by_key = {row["summary_key"]: _summary_in(row) for row in rows}
        self._free = {_place(row): _summary_in(row) for row in rows if not row["taken"]}
        self._supplements: dict[Any, int] = defaultdict(int)
        self._last: dict[date, int] = defaultdict(int)
        for row in rows:
            place = _place(row)
            self._supplements[place] = max(self._supplements[place], row["supplement"])
            self._last[row["dated"]] = max(self._last[row["dated"]], row["summary_key"] % NUMBERS_A_DAY)
        self._taken: dict[int, set[str]] = defaultdict(set)
        for row in db.rows("days.parts_taken", store=store.key, summary_keys=sorted(self._by_key)):
            self._taken[row["summary_key"]].add(row["summary_part"])
        self._assigned: dict[int, Assigned] = {}
        self._opened: dict[Any, Assigned] = {}

    def add_lines(self, kind: SummaryKind, row: Row) -> int:
        """Take a sale or a refund into its day's document; the key of that."""
        day = member_in(row).day
        found = self._opened.get((kind, day))
        if found is None:
            summary = self._free.get((kind, day)) or self._new(kind, day)
            found = self._opened[kind, day] = Assigned(summary)
            self._assigned[summary.key] = found
        found.lines.append(row)
        return found.summary.key

    def add_money(self, key: int, row: Row) -> None:
        """Take money to the document that it pays."""
        if key not in self._assigned:
            self._assigned[key] = Assigned(self._by_key[key], taken=self._taken[key])
        self._assigned[key].money.append(row)

    def assigned(self) -> list[Assigned]:
        """All that something goes to, oldest day first."""
        return [self._assigned[key] for key in sorted(self._assigned)]

    def _new(self, kind: SummaryKind, day: Day) -> Summary:
        self._last[day.dated] += 1
        self._supplements[kind, day] += 1
        prefix = self._policy.prefix if kind == "invoice" else self._policy.credit_prefix
        supplement = self._supplements[kind, day]
        return Summary(
            key=int(f"{day.dated:%Y%m%d}") * NUMBERS_A_DAY + self._last[day.dated],
            kind=kind,
            day=day,
            supplement=supplement,
            number=number_of_day(day, prefix, self._reference.base_currency, supplement),
        )


def _name(row: Row) -> tuple[Any, ...]:
    return (row["order_key"], row["kind"], row["part"], row["change"])


def _place(row: Row) -> tuple[str, Day]:
    return (row["kind"], Day(row["dated"], row["channel_id"], row["currency"], row["line_amount_types"]))


def _summary_in(row: Mapping[str, Any]) -> Summary:
    day = Day(row["dated"], row["channel_id"], row["currency"], row["line_amount_types"])
    return Summary(row["summary_key"], row["kind"], day, row["supplement"], row["number"])
