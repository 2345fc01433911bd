"""The whole life of one order: what the shop said and when, what was decided and why, what entered the books, who decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from include.database.connection import Database, Row
from include.domain.order import Order
from include.settings.elsewhere import in_shop, in_xero
from include.settings.store import Store
from include.stages.console.moments import (
    Moment,
    Tone,
    amount,
    checked,
    compared,
    decided_by_people,
    decided_by_rule,
    heard,
    kind,
    said,
    sent,
    told,
    woken,
)
from include.stages.orders.deciding import waiting_of
from include.stages.orders.parts import newest_order
from include.stages.reference import newest, newest_content

ROWS_MAX = 400  # of each kind: nobody reads more of one order


@dataclass(frozen=True, slots=True)
class Document:
    """A document that stands in Xero, as we know it."""

    kind: str
    number: str
    status: str
    amount: Decimal | None
    currency: str
    dated: object
    url: str
    words: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is sold to: shown to those alone who decide about the store's money."""

    name: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class Life:
    """What a page shows of one order.

    now       its state in a sentence, and what there is to do
    zone      of the organisation: moments are shown in it
    """

    order_key: int
    now: str
    to_do: str
    tone: Tone
    placed_at: datetime | None
    total: Decimal | None
    currency: str
    zone: str
    shop_url: str
    waits: bool
    documents: tuple[Document, ...]
    moments: tuple[Moment, ...]
    person: Person | None = None
    lines: tuple[str, ...] = field(default=())


def life_of(db: Database, store: Store, order_key: int, *, with_person: bool) -> Life | None:
    """The life of an order; None where no run ever saw it and no webhook named it."""
    about = {"store": store.key, "order_key": order_key}
    named = {"store": store.key, "subject_key": str(order_key), "limit": ROWS_MAX}
    outcome = db.row("life.outcome", **about)
    versions = db.rows("life.versions", **about, limit=ROWS_MAX)
    events = db.rows("life.events", **named)
    if not versions and not events:
        db.rollback()
        return None
    organisation = (newest_content(db, store) or {}).get("organisation") or {}
    short_code = str(organisation.get("ShortCode") or "")
    postings = db.rows("life.postings", **named)
    documents = db.rows("life.documents", store=store.key, subject_key=str(order_key))
    days = db.rows("life.days", **about)
    moments = [
        *said(versions),
        *heard(events),
        *woken(db.rows("life.causes", **named)),
        *checked(db.rows("life.findings", **about, limit=ROWS_MAX)),
        *decided_by_rule(postings),
        *sent(db.rows("life.attempts", **named)),
        *decided_by_people(db.rows("decisions.of_order", store=store.key, subject_key=str(order_key))),
        *compared(db.rows("life.differences", **named)),
        *told(db.rows("life.told", **named)),
    ]
    order = newest_order(db, store.key, order_key) if with_person and versions else None
    waits = any(each.row["reason"] for each in waiting_of(db, store, order_key)) if outcome else False
    db.rollback()
    now, to_do, tone = _now(outcome, postings, events)
    head = next((row for row in reversed(versions) if row["part"] == "order"), None)
    return Life(
        order_key=order_key,
        now=now,
        to_do=to_do,
        tone=tone,
        placed_at=head["placed_at"] if head else None,
        total=head["total"] if head else None,
        currency=str(head["currency"] or "") if head else "",
        zone=_zone(db, store),
        shop_url=in_shop(store.file.bigcommerce.control_panel_url, order_key),
        waits=waits,
        documents=(
            *(_document(row, short_code) for row in documents),
            *(_document({**row, "dated": None, "adopted": False, "generation": 1}, short_code) for row in days),
        ),
        moments=tuple(sorted(moments, key=lambda each: each.at)),
        person=_person(order) if isinstance(order, Order) else None,
        lines=tuple(f"{line.quantity} x {line.name}" for line in order.lines) if isinstance(order, Order) else (),
    )


def _zone(db: Database, store: Store) -> str:
    reference = newest(db, store)
    return reference.zone if reference is not None else "UTC"


def _now(outcome: Row | None, postings: Sequence[Row], events: Sequence[Row]) -> tuple[str, str, Tone]:
    if outcome is None:
        if events:
            return (
                "A webhook named it, and no run has read it yet.",
                "The next run reads it; nothing is to be done.",
                "soft",
            )
        return "It was read, and nothing is decided yet.", "The run that read it is under way, or red.", "soft"
    last = next((row for row in reversed(postings) if row["reason"] == outcome["reason"]), None)
    remedy = str(last["remedy"] or "") if last is not None and outcome["reason"] else ""
    number, paid, currency = outcome["invoice_number"], outcome["paid"], outcome["currency"]
    match outcome["outcome"]:
        case "held":
            return f"Held: {outcome['sentence']}", remedy, "bad"
        case "failed":
            return f"Failed, and tried again by itself: {outcome['sentence']}", remedy, "bad"
        case "skipped":
            return f"Not for the books: {outcome['sentence']}", remedy, "soft"
        case _:
            words = {"DRAFT": "a draft", "VOIDED": "voided", "DELETED": "deleted"}.get(outcome["invoice_status"], "")
            state = f", {words}" if words else f"; {amount(paid)} {currency} of it is paid"
            return f"In the books as {number or 'a part of its day'}{state}.", "", "good"


def _document(row: Row, short_code: str) -> Document:
    words = "was there before us and agreed in all" if row["adopted"] else ""
    if row["generation"] > 1:
        words = f"numbered anew, {row['generation']}"
    return Document(
        kind=kind(row["kind"]),
        number=str(row["number"] or ""),
        status=str(row["status"]),
        amount=row["amount"],
        currency=str(row["currency"] or ""),
        dated=row["dated"],
        url=in_xero(row["kind"], row["xero_id"], short_code),
        words=words,
    )


def _person(order: Order) -> Person:
    who = order.person
    parts = (who.street_1, who.street_2, who.city, who.state, who.postcode, who.country)
    name = " ".join(filter(None, (who.first_name, who.last_name)))
    return Person(", ".join(filter(None, (who.company, name))), who.email, ", ".join(filter(None, parts)))
