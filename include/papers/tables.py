"""The paper as tables, of which the CSV and the workbook are made. Numbers stay Decimal, days stay dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

from include.domain.reconciliation import CAUSES, Difference, Paper
from include.papers import telling
from include.papers.words import exact, plain, zone

Kind = Literal["text", "count", "money", "units", "day", "moment"]
Value = str | int | Decimal | date | datetime | None
SIDES: tuple[tuple[str, Kind], ...] = (
    ("Shop count", "count"),
    ("Shop", "money"),
    ("Ledger count", "count"),
    ("Ledger", "money"),
    ("Xero count", "count"),
    ("Xero", "money"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table. A row has a value a column; `currency` is the index of the column that says of which currency its money is."""

    name: str
    columns: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[Value, ...], ...]
    currency: int | None = None


def all_tables(paper: Paper) -> list[Table]:
    """Every table of the paper, in the order of the page; `Addenda` only where there are some."""
    found = [totals(paper), differences(paper), tenders(paper), holds(paper), stock(paper), trend(paper)]
    return [*found, *([addenda(paper)] if paper.addenda else []), about(paper)]


def totals(paper: Paper) -> Table:
    """What was sold, refunded and paid, by the three sides."""
    rows = [
        (
            telling.NAMES[row.what],
            row.currency,
            row.shop.count,
            exact(row.shop.amount, row.currency),
            row.ledger.count,
            exact(row.ledger.amount, row.currency),
            row.xero.count,
            exact(row.xero.amount, row.currency),
            exact(telling.row_gap(row), row.currency),
            "yes" if row.agrees else "not compared" if paper.report.shadow else "no",
        )
        for row in paper.report.rows
    ]
    columns: tuple[tuple[str, Kind], ...] = (
        ("What", "text"),
        ("Currency", "text"),
        *SIDES,
        ("Xero less shop", "money"),
        ("Agrees", "text"),
    )
    return Table("Totals", columns, tuple(rows), currency=1)


DIFFERENCE: tuple[tuple[str, Kind], ...] = (
    ("Order", "text"),
    ("Document", "text"),
    ("What", "text"),
    ("Currency", "text"),
    ("Cause", "text"),
    ("Needs you", "text"),
    ("Shop", "money"),
    ("Ledger", "money"),
    ("Xero", "money"),
    ("Xero less shop", "money"),
    ("Meaning", "text"),
    ("Sentence", "text"),
    ("Remedy", "text"),
)


def differences(paper: Paper) -> Table:
    """Every difference, those that need somebody first."""
    found = sorted(paper.report.differences, key=lambda each: each.is_explained)
    return Table("Differences", DIFFERENCE, tuple(_difference(each) for each in found), currency=3)


def _difference(each: Difference) -> tuple[Value, ...]:
    def money(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else exact(amount, each.currency)

    return (
        plain(each.order_key),
        plain(each.number),
        telling.NAMES[each.what],
        each.currency,
        telling.CAUSE_NAMES[each.cause],
        "no" if each.is_explained else "yes",
        money(each.shop),
        money(each.ledger),
        money(each.xero),
        money(telling.gap(each)),
        CAUSES[each.cause].sentence,
        plain(each.sentence),
        plain(telling.remedy_of(each)),
    )


def tenders(paper: Paper) -> Table:
    """Payments by the account that they stand on."""
    rows = [
        (
            plain(each.account),
            each.currency,
            each.ledger.count,
            exact(each.ledger.amount, each.currency),
            each.xero.count,
            exact(each.xero.amount, each.currency),
            exact(each.xero.amount - each.ledger.amount, each.currency),
        )
        for each in paper.report.tenders
    ]
    columns: tuple[tuple[str, Kind], ...] = (
        ("Account", "text"),
        ("Currency", "text"),
        *SIDES[2:],
        ("Xero less ledger", "money"),
    )
    return Table("Tenders", columns, tuple(rows), currency=1)


def holds(paper: Paper) -> Table:
    """What waits for a person, oldest first: a row a reason and currency, so that amounts can be summed."""
    return Table(
        "Holds",
        (
            ("Reason", "text"),
            ("Meaning", "text"),
            ("Orders", "count"),
            ("Currency", "text"),
            ("Amount", "money"),
            ("Oldest since", "moment"),
            ("Days", "count"),
            ("Remedy", "text"),
        ),
        tuple(_holds(paper)),
        currency=3,
    )


def _holds(paper: Paper) -> Iterator[tuple[Value, ...]]:
    report = paper.report
    for each in sorted(report.held, key=lambda each: each.oldest):
        meaning = telling.meaning_of(each.reason)
        sums: list[tuple[str, Decimal | None]] = [
            (name, exact(amount, name)) for name, amount in sorted(each.amounts.items())
        ]
        days = max(0, (report.asked_at - each.oldest).days)
        since = _clock(each.oldest, report.zone)
        for place, (currency, amount) in enumerate(sums or [("", None)]):
            # The orders of a reason are counted once, in its first row.
            orders = None if place else each.orders
            yield each.reason, meaning.sentence, orders, currency, amount, since, days, meaning.remedy


def stock(paper: Paper) -> Table:
    """Items whose level in the shop is not what may be sold."""
    rows = [
        (
            plain(each.sku),
            each.in_xero,
            each.pending,
            each.target,
            each.in_store,
            _clock(each.first_seen, paper.report.zone),
        )
        for each in paper.report.stock
    ]
    columns: tuple[tuple[str, Kind], ...] = (
        ("SKU", "text"),
        ("On hand in Xero", "units"),
        ("Sold, not yet there", "units"),
        ("May be sold", "units"),
        ("In the shop", "units"),
        ("Differs since", "moment"),
    )
    return Table("Stock", columns, tuple(rows))


def trend(paper: Paper) -> Table:
    """The thirty days."""
    rows = tuple((each.day, each.orders, each.differences, "yes" if each.is_signed else "no") for each in paper.trend)
    return Table("Trend", (("Day", "day"), ("Orders", "count"), ("Differences", "count"), ("Signed", "text")), rows)


def addenda(paper: Paper) -> Table:
    """What later versions say otherwise: totals that moved, differences that came and went."""
    rows: list[tuple[Value, ...]] = []
    for version, report, change in telling.changes(paper):
        asked = _clock(report.asked_at, report.zone)
        for each in change.moved:
            sides = [exact(one.amount, each.currency) for pair in each.sides for one in pair]
            rows.append((version, asked, "moved", telling.NAMES[each.what], each.currency, "", *sides, ""))
        for word, found in (("new", change.new), ("settled", change.gone)):
            for difference in found:
                of = _difference(difference)
                amounts = [one for side in of[6:9] for one in ((None, side) if word == "new" else (side, None))]
                rows.append(
                    (version, asked, word, of[2], of[3], of[0] or of[1], *amounts, f"{of[4]}: {of[11] or of[10]}")
                )
    columns: tuple[tuple[str, Kind], ...] = (
        ("Version", "count"),
        ("Asked", "moment"),
        ("Change", "text"),
        ("What", "text"),
        ("Currency", "text"),
        ("Order", "text"),
        *((f"{side} {word}", "money") for side in ("Shop", "Ledger", "Xero") for word in ("before", "now")),
        ("Sentence", "text"),
    )
    return Table("Addenda", columns, tuple(rows), currency=4)


def about(paper: Paper) -> Table:
    """Which report it is, what it says as a whole, and who signed it. Moments are by the clock of the report's zone."""
    report, signed = paper.report, paper.signature
    rows: list[tuple[Value, ...]] = [
        ("Verdict", telling.headline(paper)),
        ("Store", report.store),
        ("Day", report.day.isoformat()),
        ("Version", str(paper.version)),
        ("Zone of the day", report.zone),
        ("Zone of the shop", report.shop_zone),
        ("Both sides asked", _clock(report.asked_at, report.zone).isoformat(" ", "seconds")),
        ("Signed by", plain(signed.by) if signed else ""),
        ("Signed at", _clock(signed.at, report.zone).isoformat(" ", "seconds") if signed else ""),
        ("Note", plain(signed.note) if signed else ""),
    ]
    rows += [(f"Not in the books: {reason}", str(count)) for reason, count in report.skipped.items()]
    return Table("About", (("What", "text"), ("Says", "text")), tuple(rows))


def _clock(at: datetime, zone_name: str) -> datetime:
    """The moment by the clock of a zone, without the zone: a workbook knows none."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone(zone_name)).replace(tzinfo=None)
