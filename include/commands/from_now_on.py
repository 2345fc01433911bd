"""`make from-now-on STORE=.. RULE=.. VALUE=..`: map a tax, a way of paying, a fee or an SKU, and release what that explains.

Without a rule: all that was decided so, as YAML to be put into the store's file.
"""

import argparse
import getpass
import json
import sys

from include.commands.asked import database, store
from include.settings.overlay import RULES, as_yaml
from include.stages.orders.deciding import NotDecidable, from_now_on


def main() -> int:
    """Keep the mapping, and say how many held orders it explains."""
    parser = argparse.ArgumentParser(prog="from-now-on", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument(
        "--rule", choices=sorted(RULES), help="; ".join(f"{name}: {form}" for name, form in RULES.items())
    )
    parser.add_argument("--value", type=json.loads, help='JSON, such as {"tip": "265"}')
    parser.add_argument("--why", default="")
    parser.add_argument("--by", default=getpass.getuser())
    asked = parser.parse_args()
    with database() as db:
        if asked.rule is None:
            rows = db.rows("decisions.overrides", store=asked.store.key)
            for row in rows:
                print(f"# {row['at']:%Y-%m-%d} by {row['by']}: {row['why']}")
            print(as_yaml([(row["rule"], row["value"]) for row in rows]) or "Nothing was decided from now on.")
            return 0
        if not isinstance(asked.value, dict) or not asked.why:
            parser.error("a rule needs a VALUE (a JSON object) and a WHY")
        try:
            count = from_now_on(db, asked.store, asked.rule, asked.value, by=asked.by, why=asked.why)
        except NotDecidable as problem:
            print(problem, file=sys.stderr)
            return 1
    print(f"Kept. {count} held orders are explained by it; the next run of orders_to_books looks at them again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
