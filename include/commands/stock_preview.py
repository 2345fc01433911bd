"""`make stock-preview STORE=..`: what a stock run would change now. Both sides are asked; nothing is kept or written."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from include.clients.errors import ApiError
from include.clients.warehouse import Warehouse
from include.clients.xero import Xero
from include.commands.asked import database, store, vendors, warehouse_of
from include.database.connection import Database
from include.domain.outcome import Hold, Skip
from include.domain.stock import Decided, decide
from include.settings.store import Store
from include.stages import stock


def main() -> int:
    """Print a line for each level that is not as it should be, and counts."""
    parser = argparse.ArgumentParser(prog="stock-preview", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    asked = parser.parse_args()
    with database() as db, vendors(asked.store) as (shop, books), source(asked.store, books, db) as there:
        try:
            decided = decide(stock.preview(shop, there, db, asked.store), stock.stock_policy(db, asked.store))
        except ApiError as problem:
            print(problem, file=sys.stderr)
            return 1
        print("\n".join(lines_of(decided)))
        print(f"{shop.calls} calls to BigCommerce, {books.calls} to Xero.")
    return 0


@contextmanager
def source(asked: Store, books: Xero, db: Database) -> Iterator[stock.Source]:
    """Where the store's quantities come from."""
    if asked.file.stock.connection is None:
        yield stock.xero_items(books, db, asked)
    else:
        with Warehouse.open(**warehouse_of(asked)) as client:
            yield stock.WarehouseFeed(client, asked)


def lines_of(decided: list[Decided]) -> Iterator[str]:
    """What would be changed, what would be held and why, and how much of each."""
    same = skipped = 0
    for each in decided:
        place = f"{each.seen.sku}" + ("" if each.seen.location_id == 1 else f" at {each.seen.location_id}")
        match each.decision:
            case None:
                same += 1
            case Skip():
                skipped += 1
            case Hold() as hold:
                yield f"held    {place}: {hold.sentence}"
            case _:
                yield f"change  {place}: {each.seen.in_store} -> {each.target}: {each.words}"
    yield f"{len(decided)} levels: {same} as they should be, {skipped} left out, {len(decided) - same - skipped} above."


if __name__ == "__main__":
    sys.exit(main())
