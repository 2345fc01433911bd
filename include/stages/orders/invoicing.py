"""Invoices into the books: new ones, ones that are there already, and ones whose order changed since."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from include.clients.xero import Element
from include.database.connection import Row
from include.domain.difference import GONE, InBooks, adoptable
from include.domain.outcome import Hold
from include.stages.orders.adopting import posted_by_others
from include.stages.orders.answered import differs, entered, wanted_of
from include.stages.orders.billing import bill_to
from include.stages.orders.changing import change_invoices
from include.stages.orders.desk import (
    Desk,
    Key,
    doc_of,
    link_to,
    refused,
    stopped,
    tell_what_is_short,
    text_of,
    write_of,
)
from include.stages.orders.posting import held, posted
from include.stages.orders.rebilling import follow_merges
from include.stages.orders.run import StageRed
from include.stages.orders.writing import Fate, Write, write_all
from include.wire.xero_documents import with_fields
from include.wire.xero_found import in_books_of, reason_of

APPROVE = "CreateApprovedInvoice"


def enter_invoices(desk: Desk, rows: Sequence[Row]) -> None:
    """Create the new ones, change or leave the others, and record each one's outcome."""
    new = [row for row in rows if doc_of(row) not in desk.links]
    changed = [row for row in rows if doc_of(row) in desk.links]
    _create_invoices(desk, new)
    if changed:
        change_invoices(desk, changed)


def _create_invoices(desk: Desk, rows: Sequence[Row]) -> None:
    rows = _without_those_of_others(desk, rows)
    if not rows:
        return
    _ask_the_plan(desk, rows)
    bill(desk, rows)
    numbered: list[Row] = []
    archived = _send_new(desk, rows, numbered)
    if archived:
        follow_merges(desk, _billed_ids(desk, [row for row, _ in archived]))
        for row, element in _send_new(desk, [row for row, _ in archived], numbered):
            refused(desk, row, element)
    _adopt(desk, numbered)


def _send_new(desk: Desk, rows: Sequence[Row], numbered: list[Row]) -> list[tuple[Row, Element]]:
    """Send new invoices; those whose contact Xero calls archived come back, those whose number is used are put down."""
    writes = []
    by_doc = {doc_of(row): row for row in rows}
    for row in rows:
        billed = desk.billed[row["contact_key"]]
        if isinstance(billed, Hold):
            with desk.db.transaction():
                stopped(desk, row, billed)
        else:
            writes.append(write_of(row, "create", with_fields(text_of(row["body"]), Contact={"ContactID": billed})))
    archived: list[tuple[Row, Element]] = []

    def keep(fate: Fate) -> None:
        row = by_doc[(fate.write.subject_key, fate.write.kind, fate.write.part)]
        reason = None if fate.element.ok else reason_of(fate.element.problems)
        if reason is None:
            desk.created.add(row["subject_key"])
            entered(desk, row, fate.element)
        elif reason == "number_taken":
            numbered.append(row)
        elif reason == "contact_archived":
            archived.append((row, fate.element))
        else:
            refused(desk, row, fate.element)

    _first_one_then_the_rest(desk, by_doc, writes, keep)
    tell_what_is_short(desk)
    return archived


def _billed_ids(desk: Desk, rows: Iterable[Row]) -> set[str]:
    """The ContactIDs that these are billed to."""
    found = (desk.billed.get(row["contact_key"]) for row in rows)
    return {each for each in found if isinstance(each, str)}


def _ask_the_plan(desk: Desk, rows: Iterable[Row]) -> None:
    """Stop before the first write where the organisation's plan lets nobody approve an invoice (reference xero.md 4).

    Raises StageRed: one stop and one alert, not one refusal an order.
    """
    if not desk.plan_forbids or all(row["status"] == "DRAFT" for row in rows):
        return
    actions = {str(each.get("Name")): str(each.get("Status")) for each in desk.books.actions()}
    if actions.get(APPROVE, "ALLOWED") != "ALLOWED":
        raise StageRed(
            "The Xero plan allows no more approved invoices, and nothing was sent. Upgrade the plan or wait for its next "
            "month; the next run goes on by itself."
        )
    desk.plan_forbids = False


def _doubted(desk: Desk, rows: Sequence[Row]) -> set[str]:
    """The new orders of which another document may stand in Xero: a person asked, or one was found when we looked last."""
    asked = {"store": desk.store.key, "subject_keys": [row["subject_key"] for row in rows]}
    waiting = desk.db.rows("ledger.waiting_for", **asked, reason="number_taken") if rows else []
    desk.db.rollback()
    return desk.resynced | {row["subject_key"] for row in waiting}


def _without_those_of_others(desk: Desk, rows: Sequence[Row]) -> list[Row]:
    """The rows that are still to be created, once what another connector posted is adopted or held."""
    orders = [row for row in rows if row["subject_kind"] == "order"]
    others = posted_by_others(
        *(desk.books, desk.store, orders, desk.contacts),
        doubted=_doubted(desk, orders),
        ours=lambda ids: {row["xero_id"] for row in desk.db.rows("ledger.links_by_id", xero_ids=list(ids))},
    )
    for row in rows:
        there = others.get(row["subject_key"])
        if there is None:
            continue
        if isinstance(there, InBooks):
            link_to(desk, row, there.xero_id, there.status, adopted=True, number=there.number)
        with desk.db.transaction():
            if isinstance(there, InBooks):
                words = f"Adopted: another connector posted it as {there.number}."
                posted(desk.db, row, there.xero_id, there.number, sentence=words)
            else:
                held(desk.db, row, there)
    return [row for row in rows if row["subject_key"] not in others]


def _first_one_then_the_rest(
    desk: Desk, by_doc: Mapping[Key, Row], writes: Sequence[Write], keep: Callable[[Fate], None]
) -> None:
    """After a change of settings or code one document goes alone, and the rest only once Xero's answer matches (design 4.17).

    Raises StageRed where it does not: nothing more of this batch is written.
    """
    rest = list(writes)
    version = {name: desk.batch[name] for name in ("store", "settings_version", "code_version")}
    proved = desk.db.row("switches.proved", **version) is not None
    desk.db.rollback()
    while rest and not proved:
        first = rest.pop(0)
        fates: list[Fate] = []

        def keep_first(fate: Fate, fates: list[Fate] = fates) -> None:
            fates.append(fate)
            keep(fate)

        write_all(desk.books, desk.db, desk.locks, desk.batch, "PUT", "Invoices", [first], keep_first)
        [fate] = fates
        row = by_doc[(first.subject_key, first.kind, first.part)]
        if not fate.element.ok:
            continue  # refused for its own sake: it proves nothing, the next one may
        if differs(row, in_books_of(fate.element.content)):
            raise StageRed(
                f"{row['number']} went first after a change, and Xero's answer is not what was planned; it is held. "
                f"Nothing more is written until the settings or the code are right."
            )
        with desk.db.transaction():
            desk.db.run("switches.prove", **version, subject_key=first.subject_key)
        proved = True
    write_all(desk.books, desk.db, desk.locks, desk.batch, "PUT", "Invoices", rest, keep)


def bill(desk: Desk, rows: Iterable[Row]) -> None:
    """Know whom these documents are billed to."""
    keys = {row["contact_key"] for row in rows if row["contact_key"]} - set(desk.billed)
    if keys:
        desk.billed |= bill_to(
            desk.books, desk.db, desk.locks, desk.batch, [desk.contacts[key] for key in sorted(keys)]
        )


def _adopt(desk: Desk, rows: Sequence[Row]) -> None:
    """Documents that are already there under our number: ours if all agrees, else held."""
    if not rows:
        return
    raw = {
        str(each.get("InvoiceNumber")): each for each in desk.books.invoices_numbered([row["number"] for row in rows])
    }
    found = {number: in_books_of(each) for number, each in raw.items()}
    _follow_moved(desk, rows, found)
    for row in rows:
        there = found.get(row["number"])
        problem = (
            Hold("number_taken", f"Xero says that {row['number']} is used, and does not show it.")
            if there is None
            else _adoptable(desk, row, there) or _of_another_shop(row, raw[row["number"]])
        )
        if row["accepted"] and there is not None and there.status not in GONE:
            problem = None  # a person looked at it and took it for this order's
        if there is not None and problem is None:
            link_to(desk, row, there.xero_id, there.status, adopted=True)
        with desk.db.transaction():
            if problem is not None:
                stopped(desk, row, problem)
            elif there is not None:
                posted(desk.db, row, there.xero_id, row["number"], sentence="It was there already and agrees in all.")


def _of_another_shop(row: Row, there: Mapping[str, Any]) -> Hold | None:
    """Two shops of one organisation may have an order of one number, one shopper and one total: their links differ."""
    ours, theirs = json.loads(text_of(row["body"])).get("Url"), there.get("Url")
    if not ours or not theirs or ours == theirs:
        return None
    words = f"Xero already has {row['number']}, and it belongs to another shop's order: {theirs}."
    return Hold("number_taken", words, {"ours": str(ours), "theirs": str(theirs)})


def _follow_moved(desk: Desk, rows: Sequence[Row], found: Mapping[str, InBooks]) -> None:
    """A merge moves invoices to the winner, which our link may not know yet: then it is followed."""
    moved = [
        row
        for row in rows
        if row["number"] in found and desk.billed.get(row["contact_key"]) != found[row["number"]].contact_id
    ]
    if moved:
        follow_merges(desk, _billed_ids(desk, moved))


def _adoptable(desk: Desk, row: Row, there: InBooks) -> Hold | None:
    billed = desk.billed.get(row["contact_key"])
    return billed if isinstance(billed, Hold) else adoptable(wanted_of(row), there, billed)
