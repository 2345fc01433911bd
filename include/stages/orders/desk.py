"""The desk that one slice of orders is entered at: what is known of them, and the moves that all documents share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from include.clients.xero import Element, Xero
from include.database.connection import Database, Row
from include.domain.difference import InBooks
from include.domain.outcome import REASONS, Hold
from include.settings.store import Store
from include.stages.orders.billing import Billed
from include.stages.orders.linking import link_now, link_values
from include.stages.orders.locks import Locks
from include.stages.orders.posting import failed, held
from include.stages.orders.run import look_again
from include.stages.orders.shortage import on_hand_in, shortage_of
from include.stages.orders.writing import Verb, Write
from include.wire.xero_found import reason_of

RETRY_AFTER = timedelta(minutes=15)
# What is held until something in Xero changes is looked at again, without anybody asking.
BY_ITSELF = {
    "plan_limit": timedelta(days=1),
    "stock_short": timedelta(hours=6),
    "contact_archived": timedelta(hours=6),
    "contact_ambiguous": timedelta(hours=6),
}
Key = tuple[str, str, str]  # subject key, kind, part


@dataclass(slots=True)
class Desk:
    """What entering needs, and what it learns on the way: the links of this slice by document."""

    books: Xero
    db: Database
    locks: Locks  # of the subjects of this slice
    store: Store
    batch: Row
    contacts: Mapping[str, Row]
    closed_to: date | None
    base_currency: str
    today: date  # in the organisation's zone
    corrected: set[str]  # the orders for which a person asked that a change of settings or code be written (T7)
    resynced: set[str] = field(default_factory=set)  # the orders that are compared with what stands in Xero
    changed_in_xero: set[str] = field(
        default_factory=set
    )  # those of them of which Xero told: what is gone is not known yet
    links: dict[Key, Row] = field(default_factory=dict)
    billed: Billed = field(default_factory=dict)
    credited: Billed = field(default_factory=dict)  # order -> whom its credit notes are for
    undecided: set[str] = field(default_factory=set)  # the orders whose invoice is held: what hangs on it is held (T5)
    plan_forbids: bool = False  # as the snapshot of the organisation says; asked anew before the first write
    seen: dict[str, InBooks] = field(default_factory=dict)  # older invoices as Xero shows them now, by order
    short: list[tuple[Row, Hold]] = field(default_factory=list)  # refused for lack of stock, and not told yet
    created: set[str] = field(default_factory=set)  # the orders whose invoice was made just now: nothing hangs on it


def link_to(
    desk: Desk, row: Row, xero_id: str, status: str, *, adopted: bool = False, number: str | None = None
) -> None:
    """Keep which document of Xero this planned document is, with the digests that later runs compare."""
    values = link_values(row, desk.links.get(doc_of(row)), xero_id, status, desk.batch["settings_version"])
    values |= {"adopted": adopted, "number": number or values["number"]}
    with desk.db.transaction():
        link_now(desk.db, values)
    desk.links[doc_of(row)] = values


def refused(desk: Desk, row: Row, element: Element) -> None:
    """Xero said no: a reason of ours where its words are known, else a failure with its own words; tried again later."""
    why = Hold(reason_of(element.problems), f"Xero refused it: {'; '.join(element.problems)[:500]}")
    if why.reason == "stock_short":
        desk.short.append((row, why))  # what is missing is asked once the chunk's outcome is kept
        return
    with desk.db.transaction():
        stopped(desk, row, why)


def tell_what_is_short(desk: Desk) -> None:
    """Hold what Xero refused for lack of stock, with the item and how many are missing."""
    short, desk.short = desk.short, []
    if not short:
        return
    on_hand = on_hand_in(desk.books)
    for row, why in short:
        with desk.db.transaction():
            stopped(desk, row, shortage_of(row, on_hand, why.sentence))


def stopped(desk: Desk, row: Row, why: Hold) -> None:
    """It is not written: held, or failed and tried again. Inside the caller's transaction."""
    if REASONS[why.reason].outcome != "held":
        failed(desk.db, row, why.reason, why.sentence)
        if row["subject_kind"] == "order":  # a day's summary is tried again at the next closing
            look_again(desk.db, desk.store, row["subject_key"], "retry", RETRY_AFTER)
        return
    held(desk.db, row, why)
    if why.reason in BY_ITSELF and row["subject_kind"] == "order":
        look_again(desk.db, desk.store, row["subject_key"], why.reason, BY_ITSELF[why.reason])


def write_of(row: Row, verb: Verb | Literal["nothing"], body: str) -> Write:
    """The write of a planned document."""
    assert verb != "nothing"  # nothing is not written
    return Write(row["subject_kind"], row["subject_key"], row["kind"], row["part"], verb, body, row["generation"])


def doc_of(row: Row) -> Key:
    """What names a document within its store."""
    return (row["subject_key"], row["kind"], row["part"])


def text_of(body: Any) -> str:
    """A stored body as text."""
    return bytes(body).decode()
