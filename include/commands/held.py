"""`make held STORE=..`: what waits for a person, the oldest orders first, with the reason, the figures and what to do."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal

from include.commands.asked import database, store
from include.database.connection import Row
from include.domain.document import Allocation, CreditNote, Invoice, Payment, RefundPayment
from include.domain.money import minor_digits, shown
from include.domain.outcome import REASONS
from include.domain.plan import Planned
from include.stages.orders.deciding import Waiting, waiting_of

OTHERS = {"item": "item", "contact": "customer"}  # what waits beside orders, and its name for people
PAGE = 500  # documents; who has more at once asks by reason


def main() -> int:
    """Print the oldest held documents of a store, or those of one reason; `--json` is for other programs, and has all."""
    parser = argparse.ArgumentParser(prog="held", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--reason", choices=sorted(name for name, each in REASONS.items() if each.outcome == "held"))
    parser.add_argument("--order", type=int, help="one order, with what would be posted and what may be decided")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with database() as db:
        if asked.order is not None:
            print(told_of_order(asked.store.key, asked.order, waiting_of(db, asked.store, asked.order)))
            return 0
        about = {"store": asked.store.key, "reason": asked.reason}
        limit = None if asked.json else PAGE
        rows = db.rows("held.waiting", **about, limit=limit)
        totals = db.rows("held.totals", **about) if not asked.json else []
        others = [row for kind in OTHERS for row in db.rows("held.others", **about, kind=kind, limit=limit)]
    if asked.json:
        print(json.dumps(rows + others, default=str, indent=1))
    else:
        print(told(rows, totals))
        print(told_of_others(others), end="")
    return 0


def told_of_others(rows: Sequence[Row]) -> str:
    """The items and customers that somebody must look at, as people read them; nothing where none waits."""
    return "".join(
        f"{OTHERS[row['kind']]} {row['named']}  {row['reason']}\n    {row['sentence']}\n    {row['remedy']}\n"
        for row in rows
    )


def told(rows: Sequence[Row], totals: Sequence[Row]) -> str:
    """The rows as people read them, how many are not among them, then how many wait in all, and how much money.

    totals  of all that waits, as `held.totals` gives them.
    """
    lines = []
    for row in rows:
        amount = _money(row["currency"], row["amount"]) if row["amount"] is not None else "amount unknown"
        lines.append(
            f"order {row['order_key']}  {row['kind'].replace('_', ' ')}  {amount}  "
            f"{row['days']} days old  {row['reason']}\n    {row['sentence']}\n    {row['remedy']}"
        )
    whole = next(row for row in totals if row["whole"])
    if whole["documents"] > len(rows):
        lines.append(
            f"and {whole['documents'] - len(rows)} more, which wait less long: ask for them by REASON= or ORDER=."
        )
    sums = [row for row in totals if not row["whole"] and row["amount"] is not None]
    money = " + ".join(_money(row["currency"], row["amount"]) for row in sums)
    counted = f"{whole['documents']} documents of {whole['orders']} orders wait for a person"
    lines.append(counted + (f": {money}." if money else "."))
    return "\n".join(lines)


def told_of_order(store_key: str, order_key: int, waiting: Sequence[Waiting]) -> str:
    """What waits of one order: why, the figures, the document that a release would post, and how to decide."""
    lines = []
    for each in waiting:
        row = each.row
        lines.append(f"order {order_key}  {row['kind'].replace('_', ' ')} {row['part']}  {row['reason']}")
        lines.append(f"    {row['sentence']}")
        lines += [f"    {name}: {value}" for name, value in sorted((row["figures"] or {}).items())]
        lines.append(f"    {row['remedy']}")
        for planned in each.proposal:
            lines += [f"    proposed: {line}" for line in _document(planned)]
        lines.append(
            f"    make release STORE={store_key} ORDER={order_key} REASON={row['reason']} "
            f"DECISION={'|'.join((*each.choices, 'again'))} WHY=..."
        )
    return "\n".join(lines) or f"Nothing of order {order_key} waits for a person."


def _document(planned: Planned) -> Iterator[str]:
    """A proposed document as a bookkeeper reads it."""
    match planned.decision:
        case Invoice() | CreditNote() as document:
            dated = document.invoice_date if isinstance(document, Invoice) else document.credit_date
            total, tax = shown(document.total), shown(document.tax)
            yield f"{document.number} of {dated}, {document.currency} {total} with {tax} tax, {document.line_amount_types}"
            for line in document.lines:
                yield f"  {line.description}: {shown(line.amount)}, tax {shown(line.tax)} {line.tax_type}, {line.account}"
        case Payment() | RefundPayment() as money:
            yield f"{shown(money.amount)} {money.currency} by {money.tender}, account {money.account}, {money.payment_date}"
        case Allocation() as allocation:
            yield f"{shown(allocation.amount)} set against {allocation.invoice_number}"


def _money(currency: str | None, amount: Decimal) -> str:
    return f"{currency} {shown(amount, minor_digits(currency or ''))}"


if __name__ == "__main__":
    sys.exit(main())
