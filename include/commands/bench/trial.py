"""Ours through a bad day, and what came of it: lost, doubled and wrongly reported, read from the books and not from us.

A trial runs the chapters of `orders_of_the_day` as Airflow does: each until it is done, tried again after a transient
error, what `extract` handed on kept between processes. Only the waiting is cut short.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from include.clients.bigcommerce import Window
from include.clients.errors import ApiError
from include.commands.bench.ours import books_at, know_contacts, no_books, shop_at
from include.database.connection import Database, connect
from include.settings.store import Store
from include.stages import orders

TRIES_MAX = 60  # far beyond any fault that is tried here: whatever is not done by then never ends
SLEEP_MAX_S = 0.02
EVER = Window(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
IN_THE_BOOKS = ("posted", "unchanged")


@dataclass(frozen=True)
class Place:
    """Where a trial runs. handed: the file that keeps what extract handed on, as Airflow's XCom does."""

    base_url: str
    dsn: str
    store: Store
    handed: Path
    sandbox: bool = False


@dataclass
class Invoice:
    """An invoice as the books have it, and the amounts of its payments."""

    xero_id: str
    total: float
    paid: list[float] = field(default_factory=list)


@dataclass
class Verdict:
    """What came of a trial. `wrong` has a sentence for each outcome that our ledger tells otherwise than the books."""

    lost: int
    doubled: int
    wrong: list[str]
    tries: int = 1

    @property
    def bad(self) -> int:
        """All three together: the goal is none."""
        return self.lost + self.doubled + len(self.wrong)


def until_done(place: Place, tries_max: int = TRIES_MAX) -> int:
    """Run every chapter until it is done; how many tries that took.

    Raises what time does not cure, and TimeoutError once it was tried so often.
    """
    last: ApiError | None = None
    for tries in range(1, tries_max + 1):
        try:
            _chapters(place, orders.Run("orders_of_the_day", "backfill", EVER))
            return tries
        except ApiError as error:
            if error.failure != "transient":
                raise
            last = error
    raise TimeoutError(f"not done after {tries_max} tries: {last}")


def _chapters(place: Place, run: orders.Run) -> None:
    with connect(place.dsn) as db:
        if not place.handed.exists():
            with shop_at(place.base_url, sandbox=place.sandbox, sleep=briefly) as shop:
                batches = orders.extract(shop, no_books, db, place.store, run)
            place.handed.write_text(json.dumps(batches))
        batches = json.loads(place.handed.read_text())
        orders.check(db, place.store, batches)
        orders.transform(db, place.store, batches)
        know_contacts(db, place.store)
        with books_at(place.base_url, sandbox=place.sandbox, sleep=briefly) as books:
            orders.load(books, db, place.store, batches)
        orders.audit(db, place.store, batches)


def briefly(seconds: float) -> None:
    """Wait as a trial waits: the faults here do not pass with time."""
    time.sleep(min(seconds, SLEEP_MAX_S))


def age(db: Database) -> None:
    """Ten minutes pass for every write without an outcome: Xero has forgotten its key."""
    with db.transaction():
        db.run("bench.age_chunks")


def judged(db: Database, store: Store, books: Mapping[str, Invoice], wanted: int, refused: Sequence[str]) -> Verdict:
    """What our ledger says of every order, held against the books.

    wanted    how many orders the shop has.     refused   the numbers that the books were told to refuse.
    """
    said = {(row["number"], row["kind"]): row for row in db.rows("bench.said", store=store.key)}
    wrong = [f"{row['what']} was left without an outcome" for row in db.rows("bench.left_open", store=store.key)]
    db.rollback()
    numbers = sorted({number for number, _ in said} | set(books))
    if len(numbers) != wanted:
        wrong.append(f"{len(numbers)} orders are told of, the shop has {wanted}")
    for number in numbers:
        wrong += _untrue(number, said, books.get(number))
    paid = [number for number, invoice in books.items() if invoice.paid]
    doubled = sum(len(invoice.paid) - 1 for invoice in books.values() if invoice.paid)
    return Verdict(wanted - len(refused) - len(paid), doubled, wrong)


def _untrue(number: str, said: Mapping[tuple[str, str], Mapping[str, object]], there: Invoice | None) -> list[str]:
    invoice, payment = said.get((number, "invoice")), said.get((number, "payment"))
    if invoice is None or payment is None:
        return [f"{number}: nothing is said of its {'invoice' if invoice is None else 'payment'}"]
    wrong = []
    told = invoice["outcome"] in IN_THE_BOOKS
    if told != (there is not None):
        wrong.append(f"{number}: told {invoice['outcome']} ({invoice['reason']}), the books have {there}")
    elif there is not None and (invoice["xero_id"], invoice["cents"]) != (there.xero_id, round(there.total * 100)):
        wrong.append(f"{number}: told {invoice['xero_id']} of {invoice['cents']}, the books have {there}")
    told = payment["outcome"] in IN_THE_BOOKS
    amounts = [round(amount * 100) for amount in there.paid] if there is not None else []
    if told != bool(amounts) or (told and amounts != [payment["cents"]]):
        wrong.append(f"{number}: payment told {payment['outcome']} ({payment['reason']}), the books have {amounts}")
    return wrong
