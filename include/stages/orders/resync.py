"""One order or one day, asked anew on both sides: what can be repaired without harm is, and each order is told of.

Harmless is: to post what is missing, to take up what changed in the shop, to know again what stands in Xero. What a
person changed, deleted or entered by hand is held with its proposal and decided by a person; nothing is voided. The
orders go through the same stages as in any run, in a batch that the next run finishes where this one is killed.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from include.clients.bigcommerce import BigCommerce, RawPart, Window
from include.clients.errors import ApiError
from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.found import Found, found_in
from include.domain.outcome import Hold, Skip
from include.domain.policy import Reference
from include.settings.store import Store
from include.stages.orders.asked_anew import Anew, Told, ask_anew
from include.stages.orders.audit import append, audit
from include.stages.orders.check import check
from include.stages.orders.extract import Reading, keep, open_batch, terms_for
from include.stages.orders.gathering import Gathered, with_needed_parts
from include.stages.orders.load import load
from include.stages.orders.looking import note_statuses
from include.stages.orders.parts import read_order
from include.stages.orders.refund_cursor import refunded_among
from include.stages.orders.run import ORDERS_A_BATCH_MAX, Run, StageRed
from include.stages.orders.transform import transform
from include.stages.reference import newest, reference_for
from include.stages.settings import as_decided
from include.stages.switches import standing

RUNS = "resync/"  # how the id of such a run begins: `decisions.last_version` knows it
HELD_HERE = ("missing_in_xero", "edited_in_xero", "payment_missing", "not_ours")  # what a person decides about


class NotResynced(Exception):  # noqa: N818 - it is an answer to a person, not an error of ours
    """Nothing could be asked. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One order: what was found, and what was done about it, in words."""

    order_key: int
    found: tuple[Found, ...]
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resynced:
    """What a resync found and did.

    only_told   why nothing was done, in words; empty where it was
    broke       why not all of it was done; the next run goes on
    """

    lines: tuple[Line, ...]
    shop_calls: int
    books_calls: int
    only_told: str = ""
    broke: str = ""


@dataclass
class _Asked:
    """The orders as the shop says them now; `gone` are those that it has no more."""

    orders: dict[int, Gathered] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)

    @property
    def told(self) -> dict[int, Told]:
        """Each order, read."""
        read: dict[int, Told] = {key: read_order(dict(each.content)) for key, each in self.orders.items()}
        return dict(sorted({**read, **dict.fromkeys(self.gone)}.items()))


def resync(
    shop: BigCommerce,
    books: Xero,
    db: Database,
    store: Store,
    wanted: int | date,
    *,
    by: str,
    why: str,
    dry: bool = False,
) -> Resynced:
    """Ask both sides about one order, or all that were placed on a day of the organisation's zone, and mend what may be.

    by, why   who asked, and why: kept in the audit
    dry       only say what would be done. So does a store whose writes are stopped
    Raises NotResynced, and the clients' errors where nothing could be asked.
    """
    store = as_decided(db, store)
    calls = (shop.calls, books.calls)
    only_told = _only_told(db, store, dry)
    reference_id, reference = _reference(books, db, store, only_told)
    reading = Reading(
        shop,
        db,
        store,
        Run("orders_to_books", f"{RUNS}{uuid4().hex}"),
        terms_for(shop, db, store, reference),
        reference_id,
    )
    asked = _ask_the_shop(reading, wanted, reference)
    told = asked.told
    anew = ask_anew(books, db, store, reference, told, _summed(db, store, list(told)))
    broke, done = "", _would(anew, told)
    if not only_told:
        note_statuses(db, anew.links, anew.statuses)
        batches = _open(reading, asked, wanted, by=by, why=why)
        broke = _run(books, db, store, batches)
        done = _done(db, batches)
    lines = tuple(
        Line(
            key, found_in(anew.sides[key]), done.get(key, ("nothing",) if order is None or not broke else ("not yet",))
        )
        for key, order in told.items()
    )
    return Resynced(lines, shop.calls - calls[0], books.calls - calls[1], only_told, broke)


def _only_told(db: Database, store: Store, dry: bool) -> str:
    row = standing(db, store.key)
    if row is not None and row["value"] == "stop":
        return f"Writes were stopped by {row['by']} at {row['at']:%Y-%m-%d %H:%M %Z}: {row['why']}. Nothing was done."
    return "A dry run: nothing was written." if dry else ""


def _reference(books: Xero, db: Database, store: Store, only_told: str) -> tuple[int, Reference]:
    if not only_told:
        return reference_for(lambda: nullcontext(books), db, store)
    reference = newest(db, store)
    if reference is None:
        raise NotResynced("Nothing is known of the organisation yet: let orders_to_books run once, or leave DRY out.")
    return 0, reference


def _ask_the_shop(reading: Reading, wanted: int | date, reference: Reference) -> _Asked:
    asked = _Asked()
    if isinstance(wanted, date):
        window = _window(wanted, reference.zone)
        for page in reading.shop.orders(window, by="created"):
            _gather(reading, asked, page, refunds_too=False)
        _ask_for_the_deleted(reading, asked, window)
        return asked
    found = reading.shop.order(wanted)
    if found is None:
        asked.gone.append(wanted)
    else:
        _gather(
            reading, asked, [found], refunds_too=True
        )  # a call for one order; a day's refunds are in the shop's list
    return asked


def _window(day: date, zone: str) -> Window:
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return Window(start, start + timedelta(days=1))


def _gather(reading: Reading, asked: _Asked, page: Sequence[RawPart], *, refunds_too: bool) -> None:
    keys = [int(part.content["id"]) for part in page]
    refunded = set(keys) if refunds_too else set(refunded_among(reading.db, reading.store, keys))
    reading.db.rollback()
    asked.orders |= {each.order_id: each for each in with_needed_parts(reading.terms, page, refunded=refunded)}


def _ask_for_the_deleted(reading: Reading, asked: _Asked, window: Window) -> None:
    """Orders of the day that we know and the shop does not list: each is asked for, since only a 404 says that it is gone."""
    known = reading.db.rows("resync.placed_in", store=reading.store.key, start=window.start, end=window.end)
    reading.db.rollback()
    for row in known:
        key = int(row["order_key"])
        if key not in asked.orders and reading.shop.order(key) is None:
            asked.gone.append(key)


def _summed(db: Database, store: Store, keys: list[int]) -> frozenset[int]:
    """The orders that are, or will be, in the books within the summary of their day."""
    rows = db.rows("summary.members", store=store.key, order_keys=keys)
    db.rollback()
    return frozenset(int(row["order_key"]) for row in rows)


def _open(reading: Reading, asked: _Asked, wanted: int | date, *, by: str, why: str) -> list[int]:
    """The batches of these orders, ready for their check, and who asked for them: all of it or nothing."""
    db, key = reading.db, reading.store.key
    orders = [asked.orders[each] for each in sorted(asked.orders)]
    batches = []
    with db.transaction():
        for start in range(0, len(orders), ORDERS_A_BATCH_MAX):
            part = orders[start : start + ORDERS_A_BATCH_MAX]
            batches.append(open_batch(reading, None))
            keep(reading, batches[-1], part)
            names = [str(each.order_id) for each in part]
            db.run("resync.note", store=key, batch_id=batches[-1], subject_keys=names)
            db.run("batches.move_batch", batch_id=batches[-1], state="extracted")
        content = {"asked_for": str(wanted), "orders": sorted(asked.orders), "gone": asked.gone, "batches": batches}
        append(db, key, None, "resync", {**content, "by": by, "why": why})
    return batches


def _run(books: Xero, db: Database, store: Store, batches: Sequence[int]) -> str:
    """Take the batches through the ordinary stages; why that did not go to its end, empty where it did."""
    try:
        check(db, store, batches)
        transform(db, store, batches)
        load(books, db, store, batches)
        audit(db, store, batches)
    except (ApiError, StageRed) as error:
        db.rollback()
        return str(error)
    return ""


def _done(db: Database, batches: Sequence[int]) -> dict[int, tuple[str, ...]]:
    done: dict[int, tuple[str, ...]] = {}
    for batch_id in batches:
        for row in db.rows("resync.done", batch_id=batch_id):
            key, words = int(row["subject_key"]), _words(row)
            done[key] = (*done.get(key, ()), *words)
    db.rollback()
    return {key: tuple(dict.fromkeys(words)) or ("nothing",) for key, words in done.items()}


def _words(row: Row) -> tuple[str, ...]:
    what = row["number"] or str(row["kind"]).replace("_", " ")
    said = f": {row['sentence']}" if row["sentence"] else ""
    match row["outcome"]:
        case "posted":
            return (f"posted {what}{said}",)
        case "unchanged":
            return (f"left {what}{said}",) if said else ()
        case outcome:
            return () if row["reason"] == "invoice_held" else (f"{outcome}: {row['reason']} ({what}){said}",)


def _would(anew: Anew, told: Mapping[int, Told]) -> dict[int, tuple[str, ...]]:
    """What the stages would do, as far as it can be told without doing it."""
    would: dict[int, tuple[str, ...]] = {}
    for key, order in told.items():
        plan = anew.plans.get(key)
        found = found_in(anew.sides[key])
        asked_of_a_person = [each for each in found if each.cause in HELD_HERE]
        if order is None or (
            plan is not None and not found and not isinstance(plan.documents[0].decision, Hold | Skip)
        ):
            would[key] = ("nothing",)
        elif plan is None:
            would[key] = ("would be held: its form is not known",)
        elif asked_of_a_person:
            would[key] = tuple(f"would be held, unless it was decided: {each.sentence}" for each in asked_of_a_person)
        else:
            would[key] = _planned(plan.documents[0].decision, {each.cause for each in found})
    return would


def _planned(decision: object, causes: set[str]) -> tuple[str, ...]:
    if isinstance(decision, Hold | Skip):
        outcome = "held" if isinstance(decision, Hold) else "skipped"
        return (f"would be {outcome}: {decision.reason}",)
    if "missing" in causes:
        return (f"would post {getattr(decision, 'number', '')}",)
    if causes & {"changed_in_shop", "refund_missing"}:
        return ("would be written or held, as the books allow",)
    return ("nothing",)
