"""`make questions STORE=..`: what the set-up asks of the accountant, what the store answers, and what is proposed."""

import argparse
import sys

from include.commands.asked import database, store
from include.settings.questions import questions_of
from include.settings.store import Store
from include.stages.reference import sales_tax_basis


def main() -> int:
    """Print every question; 1 where one must be answered before the store goes live."""
    parser = argparse.ArgumentParser(prog="questions", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    asked: Store = parser.parse_args().store
    print(f"{asked.file.name}, {asked.file.xero.country}. Proposals are of accountants' practice, not legal advice.\n")
    open_ones = 0
    for each in questions_of(asked.file):
        open_ones += each.is_open
        if each.answer is not None:
            stands = f"answered: {each.answer}"
        elif each.required:
            stands = "MUST BE ANSWERED before the store goes live" + (
                f"; proposed: {each.proposal}" if each.proposal else ""
            )
        else:
            stands = f"not answered; proposed and used: {each.proposal}"
        print(f"{each.asks}\n    {each.why}\n    {each.setting}: {stands}\n")
    print(f"Xero says that the organisation reports its tax on {_basis(asked)}.")
    return 1 if open_ones else 0


def _basis(asked: Store) -> str:
    """The organisation's basis of tax, as its newest snapshot has it."""
    with database() as db:
        basis = sales_tax_basis(db, asked)
    return f"the basis {basis}" if basis else "a basis that was not read yet"


if __name__ == "__main__":
    sys.exit(main())
