"""The paper in plain text: what `make report` prints, and the plain part of the letter."""

from collections.abc import Iterator, Sequence

from include.domain.reconciliation import Paper
from include.papers import telling, trend, words
from include.papers.words import money

HEADS = ("", "Shop", "Ledger", "Xero", "Xero less shop")


def plain(paper: Paper, store_name: str = "") -> str:
    """The paper, its verdict first."""
    return "\n".join(_lines(paper, store_name)) + "\n"


def _lines(paper: Paper, store_name: str) -> Iterator[str]:
    report = paper.report
    yield f"{store_name or report.store}, {words.day(report.day, True)}: {telling.headline(paper)}"
    yield telling.because(report)
    yield f"Version {paper.version}, both sides asked {words.moment(report.asked_at, report.zone)}."
    if paper.signature:
        signed = paper.signature
        note = f": {words.plain(signed.note)}" if signed.note else "."
        yield f"Signed by {words.plain(signed.by)}, {words.moment(signed.at, report.zone)}, version {signed.version}{note}"
    for version, later, change in telling.changes(paper):
        yield ""
        yield f"Addendum, version {version}, {words.moment(later.asked_at, later.zone)}: {telling.verdict(later)}"
        for word, found in (("new", change.new), ("settled", change.gone)):
            for each in found:
                yield f"  {word}: {each.order_key or each.number}, {telling.CAUSE_NAMES[each.cause]}, {each.currency}"
    yield ""
    yield from _columns(
        [
            HEADS,
            *(
                (
                    f"{telling.NAMES[row.what]} {row.currency}",
                    *(
                        f"{words.whole(side.count)}  {money(side.amount, row.currency)}"
                        for side in (row.shop, row.ledger, row.xero)
                    ),
                    "agrees"
                    if row.agrees
                    else words.NOTHING
                    if report.shadow
                    else money(telling.row_gap(row), row.currency),
                )
                for row in report.rows
            ),
        ]
    )
    for row in telling.unnamed(report):
        yield ""
        yield f"{telling.NAMES[row.what]} in {row.currency} differ, and no order is named: ask whoever runs the bridge."
    for group in telling.by_cause(report.open):
        yield ""
        yield f"{group.name}. {group.meaning.sentence}"
        yield f"  → {group.meaning.remedy}"
        for each in group.differences:
            sides = ", ".join(
                f"{name} {money(side, each.currency)}"
                for name, side in (("shop", each.shop), ("ledger", each.ledger), ("Xero", each.xero))
            )
            what = " ".join(part for part in (f"order {each.order_key}" if each.order_key else "", each.number) if part)
            yield f"  {words.plain(what)}: {telling.NAMES[each.what].lower()}, {each.currency} {sides}"
            if each.sentence:
                yield f"    {words.plain(each.sentence)}"
            if each.remedy:
                yield f"    → {words.plain(each.remedy)}"
    explained = telling.explained(report)
    if explained:
        yield ""
        yield f"Explained, nothing to do: {', '.join(words.plain(each.order_key or each.number) for each in explained)}."
    if report.tenders:
        yield ""
        yield "Payments by account"
        yield from _columns(
            [
                ("", "Ledger", "Xero"),
                *(
                    (
                        f"{words.plain(each.account)} {each.currency}",
                        *(
                            f"{words.whole(side.count)}  {money(side.amount, each.currency)}"
                            for side in (each.ledger, each.xero)
                        ),
                    )
                    for each in report.tenders
                ),
            ]
        )
    if report.held:
        yield ""
        yield "What waits for a person, of any day"
        for waits in sorted(report.held, key=lambda each: each.oldest):
            meaning = telling.meaning_of(waits.reason)
            amounts = f", {words.sums(waits.amounts)}" if waits.amounts else ""
            orders = words.many(waits.orders, "order")
            yield f"  {words.age(waits.oldest, report.asked_at)}: {orders}{amounts}. {meaning.sentence}"
    if report.stock:
        yield ""
        yield "Stock that differs"
        for item in report.stock:
            in_store, target = words.quantity(item.in_store), words.quantity(item.target)
            yield f"  {words.plain(item.sku)}: {in_store} in the shop, {target} may be sold"
    yield ""
    yield trend.drawn(paper.trend, report.day).sentence


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows with their columns below each other, the first to the left, figures to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield ("  " + "   ".join(cells)).rstrip()
