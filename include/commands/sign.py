"""`make sign STORE=.. DAY=.. [WHY=".."] [BY=name]`: sign a day's report, which locks it; later changes are addenda."""

import argparse
import getpass
import sys
from datetime import date

from include.commands.asked import database, store
from include.commands.report import read
from include.papers import telling, words
from include.stages.reconciliation import NotSignable, sign


def main() -> int:
    """Sign the day's newest version in somebody's name, and say what was signed; 1 where it cannot be signed, 2 without a report.

    On this machine whoever may write to the business database signs: `deciders` of the store's file is for Airflow's page.
    """
    parser = argparse.ArgumentParser(prog="sign", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    parser.add_argument("--why", default="", help="a note for the file; needed where differences are open")
    parser.add_argument("--by", default="", help="who signs, if not the user of this shell")
    asked = parser.parse_args()
    with database() as db:
        found = read(db, asked.store, asked.day)
        if found is None:
            return 2
        try:
            with db.transaction():
                signature = sign(db, asked.store, asked.day, asked.by or getpass.getuser(), asked.why)
                if signature.version != found.version:
                    raise NotSignable("A newer version came just now: make report shows it.")
        except NotSignable as refused:
            print(refused, file=sys.stderr)
            return 1
    print(f"{asked.store.file.name}, {words.day(asked.day, True)}: {telling.verdict(found.report)}")
    print(f"Signed by {signature.by}, {words.moment(signature.at, found.report.zone)}, version {signature.version}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
