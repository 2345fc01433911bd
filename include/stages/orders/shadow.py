"""A shadow run: everything is planned and shown, nothing is written (design 4.17)."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.difference import InBooks
from include.domain.money import ZERO, half_up
from include.domain.outcome import Hold
from include.domain.policy import Reference
from include.domain.xero_arithmetic import tax_of
from include.settings.store import Store
from include.stages.orders.adopting import posted_by_others
from include.stages.orders.linking import same_facts
from include.stages.orders.posting import as_planned, held, posted
from include.stages.reference import newest

HELD_SHOWN_MAX = 20
ADOPTED = "It would be adopted"


def note_shadow(books: Xero, db: Database, store: Store, batch: Row, rows: Sequence[Row]) -> None:
    """Record what each planned document would have become. What a live run wrote before is told as unchanged."""
    contacts = {row["contact_key"]: row for row in db.rows("plans.contacts", batch_id=batch["batch_id"])}
    db.rollback()
    others = posted_by_others(books, store, [row for row in rows if row["decision"] == "post"], contacts)
    keys = sorted({row["subject_key"] for row in rows})
    links = {
        (row["subject_key"], row["kind"], row["part"]): row
        for row in db.rows("ledger.links", store=store.key, subject_kind="order", subject_keys=keys)
    }
    in_days = db.rows("summary.members", store=store.key, order_keys=[int(key) for key in keys])
    links |= {(str(row["order_key"]), row["kind"], row["part"]): row for row in in_days if row["xero_id"] is not None}
    db.rollback()
    with db.transaction():
        for row in rows:
            link = links.get((row["subject_key"], row["kind"], row["part"]))
            if link is not None and same_facts(link, row):
                posted(db, row, str(link["xero_id"]), link["number"], unchanged=True)
            elif row["decision"] == "post":
                there = others.get(row["subject_key"]) if row["kind"] == "invoice" else None
                held(db, row, there if isinstance(there, Hold) else Hold("shadow", _would(row, there, link)))
            else:
                as_planned(db, row)


def _would(row: Row, there: InBooks | None, link: Row | None) -> str:
    if row["member"] is not None:
        return "It would be posted within the summary of its day."
    if there is not None:
        return f"{ADOPTED}: another connector posted it as {there.number}."
    return "It would be changed." if link is not None else "It would be posted."


@dataclass(frozen=True)
class ShadowReport:
    """What live runs would post of all that shadow runs planned.

    documents  kind, currency -> how many, how much
    sums       account, tax type, currency -> net and tax of invoice lines, as Xero will book them
    adopted    the orders that another connector posted: what a live run would adopt, in words
    held       reason -> how many documents; `held_first` the largest of them
    skipped    reason -> how many orders
    """

    store: str
    orders: int
    documents: dict[tuple[str, str], tuple[int, Decimal]]
    sums: dict[tuple[str, str, str], tuple[Decimal, Decimal]]
    adopted: list[Row]
    held: dict[str, int]
    held_first: list[Row]
    skipped: dict[str, int]


def report(db: Database, store: Store) -> ShadowReport:
    """The report over the newest outcome of every order."""
    planned = db.rows("shadow.would_post", store=store.key)
    counted = db.rows("shadow.reasons", store=store.key)
    first = db.rows("shadow.held_first", store=store.key, limit=HELD_SHOWN_MAX)
    reference = newest(db, store)
    adopted = db.rows("shadow.adopted", store=store.key, words=f"{ADOPTED}%")
    db.rollback()
    documents: dict[tuple[str, str], tuple[int, Decimal]] = {}
    sums: dict[tuple[str, str, str], tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for row in planned:
        key = (row["kind"], row["currency"])
        count, amount = documents.get(key, (0, ZERO))
        documents[key] = (count + 1, amount + (row["amount"] or ZERO))
        if row["kind"] == "invoice":
            for place, net, tax in _lines(json.loads(bytes(row["body"]), parse_float=Decimal), reference):
                before = sums[*place, row["currency"]]
                sums[*place, row["currency"]] = (before[0] + net, before[1] + tax)
    return ShadowReport(
        store=store.file.name,
        orders=len({row["subject_key"] for row in planned}),
        documents=dict(sorted(documents.items())),
        sums=dict(sorted(sums.items())),
        adopted=adopted,
        held={row["reason"]: row["count"] for row in counted if row["outcome"] == "held"},
        held_first=first,
        skipped={row["reason"]: row["count"] for row in counted if row["outcome"] == "skipped"},
    )


def _lines(body: dict[str, Any], reference: Reference | None) -> Iterator[tuple[tuple[str, str], Decimal, Decimal]]:
    """Each line's account and tax type, its net amount and its tax, as Xero will compute them (reference xero.md 4.2)."""
    types = body["LineAmountTypes"]
    for line in body["LineItems"]:
        amount = half_up(Decimal(str(line["UnitAmount"])) * Decimal(str(line["Quantity"])))
        known = reference.tax_types.get(line["TaxType"]) if reference is not None else None
        rate = known.effective_rate if known is not None else ZERO
        tax = Decimal(str(line["TaxAmount"])) if "TaxAmount" in line else tax_of(amount, rate, types)
        yield (line["AccountCode"], line["TaxType"]), amount - tax if types == "Inclusive" else amount, tax
