"""`make held STORE=..`: what waits for a person, oldest order first, with the reason, the figures and what to do."""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from include.commands.asked import store
from include.database.connection import Row, connect
from include.domain.money import ZERO, minor_digits, shown
from include.domain.outcome import REASONS


def main() -> int:
    """Print the held documents of a store, or those of one reason; `--json` for other programs."""
    parser = argparse.ArgumentParser(prog="held", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--reason", choices=sorted(name for name, each in REASONS.items() if each.outcome == "held"))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with connect() as db:
        rows = db.rows("held.waiting", store=asked.store.key, reason=asked.reason)
    print(json.dumps(rows, default=str, indent=1) if asked.json else told(rows))
    return 0


def told(rows: Sequence[Row]) -> str:
    """The rows as people read them, then how many wait, and how much money."""
    lines = []
    for row in rows:
        amount = _money(row["currency"], row["amount"]) if row["amount"] is not None else "amount unknown"
        lines.append(
            f"order {row['order_key']}  {row['kind'].replace('_', ' ')}  {amount}  "
            f"{row['days']} days old  {row['reason']}\n    {row['sentence']}\n    {row['remedy']}"
        )
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        if row["amount"] is not None:
            sums[row["currency"]] += row["amount"]
    orders = len({row["order_key"] for row in rows})
    money = " + ".join(_money(currency, amount) for currency, amount in sorted(sums.items()))
    lines.append(f"{len(rows)} documents of {orders} orders wait for a person" + (f": {money}." if money else "."))
    return "\n".join(lines)


def _money(currency: str | None, amount: Decimal) -> str:
    return f"{currency} {shown(amount, minor_digits(currency or ''))}"


if __name__ == "__main__":
    sys.exit(main())
