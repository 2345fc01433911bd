"""`make resync STORE=.. ORDER=..` or `DAY=..`: shop and Xero are asked anew, and what can be mended without harm is.

What is missing is posted, what changed in the shop is taken up, what a person did in Xero is held and told of. Twice
does no harm. `DRY=yes` only says what would be done.
"""

import argparse
import getpass
import sys
from collections.abc import Iterator
from datetime import date
from functools import partial

from include.clients.errors import ApiError
from include.commands.asked import database, store, vendors
from include.domain.reconciliation import CAUSES
from include.stages.orders.resync import Line, NotResynced, Resynced, resync


def main() -> int:
    """Resync and print the table; 1 where it could not be done, or not to its end."""
    parser = argparse.ArgumentParser(prog="resync", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--order", type=int, help="one order, by its number")
    which.add_argument("--day", type=date.fromisoformat, help="all orders placed that day, in the organisation's zone")
    parser.add_argument("--dry", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--why", default="no reason given")
    parser.add_argument("--by", default=getpass.getuser())
    asked = parser.parse_args()
    wanted = asked.order if asked.order is not None else asked.day
    with database() as db, vendors(asked.store) as (shop, books):
        try:
            told = resync(shop, books, db, asked.store, wanted, by=asked.by, why=asked.why, dry=asked.dry)
        except (NotResynced, ApiError) as problem:
            print(problem, file=sys.stderr)
            return 1
    print("\n".join(lines_of(told)))
    return 1 if told.broke else 0


def lines_of(told: Resynced) -> Iterator[str]:
    """The table as people read it: an order a paragraph, then what it cost."""
    if told.only_told:
        yield told.only_told
    quiet = 0
    for line in told.lines:
        if not line.found and line.done == ("nothing",):
            quiet += 1
            continue
        yield f"order {line.order_key}"
        yield from (f"    found    {each.cause}: {each.sentence}" for each in line.found)
        yield from (f"    remedy   {words}" for words in dict.fromkeys(_remedies(line)))
        yield from (f"    done     {words}" for words in map(partial(_without_what_was_said, line), line.done))
    if quiet:
        yield f"{quiet} order{'s' if quiet > 1 else ''} agree{'' if quiet > 1 else 's'} on both sides: nothing to do."
    if not told.lines:
        yield "The shop has no orders of that day."
    if told.broke:
        yield f"Not all of it was done: {told.broke}"
        yield "The next run of orders_to_books finishes it; so does the same command."
    asked = f"{len(told.lines)} order{'' if len(told.lines) == 1 else 's'}"
    yield f"{asked}; {told.shop_calls} calls to BigCommerce, {told.books_calls} to Xero."


def _remedies(line: Line) -> Iterator[str]:
    """What a person can do about what is found; not where a resync is the remedy, and this is one."""
    remedies = (CAUSES[each.cause].remedy for each in line.found)
    yield from (each.replace("ORDER=..", f"ORDER={line.order_key}") for each in remedies if "make resync" not in each)


def _without_what_was_said(line: Line, words: str) -> str:
    """The same sentence is not read twice: why it waited is why it waits."""
    for each in line.found:
        words = words.removesuffix(f": {each.sentence}")
    return words


if __name__ == "__main__":
    sys.exit(main())
