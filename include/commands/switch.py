"""`make stop STORE=..` and `make go STORE=..`: whether a store's runs may write to Xero. Read before each chunk."""

import argparse
import getpass
import sys

from include.commands.asked import database, store
from include.stages.switches import standing, turn


def main() -> int:
    """Turn the switch, or say where it stands."""
    parser = argparse.ArgumentParser(prog="switch", description="Stop a store's writes to Xero, or let them go on.")
    parser.add_argument("state", choices=("stop", "go", "show"))
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--why", default="no reason given")
    asked = parser.parse_args()
    key = asked.store.key
    with database() as db:
        if asked.state != "show":
            turn(db, key, asked.state, by=getpass.getuser(), why=asked.why)
        row = standing(db, key)
    if row is None or row["value"] == "go":
        print(f"{key}: writes go on." + (f" Since {row['at']:%Y-%m-%d %H:%M %Z}, by {row['by']}." if row else ""))
    else:
        print(f"{key}: writes are stopped since {row['at']:%Y-%m-%d %H:%M %Z}, by {row['by']}: {row['why']}.")
        print("What is open stays open; the next run after `make go` takes it up.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
