"""Invoices that are in the books already and whose order changed: written, left, or asked about (accounting.md 4 and 7)."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from include.database.connection import Database, Row
from include.domain.difference import GONE, Act, InBooks, act_on, act_on_cancelled
from include.domain.money import shown
from include.domain.outcome import Hold
from include.stages.orders.answered import entered, wanted_of
from include.stages.orders.desk import Desk, doc_of, link_to, refused, tell_what_is_short, text_of, write_of
from include.stages.orders.linking import EDITED, reported, same_facts
from include.stages.orders.looking import note_statuses
from include.stages.orders.posting import held, posted
from include.stages.orders.writing import Fate, Verb, Write, write_all
from include.wire.xero_answers_compared import WORDS_OF_A_LINE, unlike
from include.wire.xero_documents import with_fields
from include.wire.xero_found import in_books_of


def change_invoices(desk: Desk, rows: Sequence[Row]) -> None:
    """Orders that changed after they were posted: compared with what Xero holds now, then written or held."""
    ids = [str(desk.links[doc_of(row)]["xero_id"]) for row in rows]
    raw = {str(each.get("InvoiceID")): each for each in desk.books.invoices_by_id(ids)}
    found = {xero_id: in_books_of(each) for xero_id, each in raw.items()}
    gone = {xero_id: each.status for xero_id, each in found.items() if each.status in GONE}
    note_statuses(desk.db, (desk.links[doc_of(row)] for row in rows), gone)
    writes: list[Write] = []
    for row in rows:
        link = desk.links[doc_of(row)]
        there = found.get(str(link["xero_id"]))
        closed = bool(desk.closed_to and link["dated"] and link["dated"] <= desk.closed_to)
        if _is_only_compared(desk, link, row):
            _compare(desk, row, link, there, raw.get(str(link["xero_id"])) or {})
            continue
        verdict = _verdict(row, link, there, closed)
        if isinstance(verdict, Act) and verdict.verb in ("update", "approve"):
            verdict = written_over(desk.db, link, raw[str(link["xero_id"])]) or verdict
        if isinstance(verdict, Hold) and row["accepted"] and there is not None and there.status not in GONE:
            _accept(desk, row, link, there)
        elif isinstance(verdict, Hold):
            with desk.db.transaction():
                held(desk.db, row, verdict)
        elif verdict.verb == "nothing" or (verdict.verb == "update" and link["body_hash"] == row["body_hash"]):
            assert there is not None  # without it the verdict is a hold
            link_to(desk, row, str(link["xero_id"]), there.status)
            with desk.db.transaction():
                posted(desk.db, row, str(link["xero_id"]), link["number"], unchanged=True, sentence=verdict.words)
        else:
            verb: Verb = "update" if verdict.verb == "approve" else verdict.verb
            writes.append(write_of(row, verb, _change_body(row, link, verdict.verb)))
    by_doc = {doc_of(row): row for row in rows}

    def keep(fate: Fate) -> None:
        row = by_doc[(fate.write.subject_key, fate.write.kind, fate.write.part)]
        if not fate.element.ok:
            refused(desk, row, fate.element)
        elif fate.write.verb == "update":
            desk.seen[row["subject_key"]] = in_books_of(fate.element.content)
            entered(desk, row, fate.element)
        else:
            link = desk.links[doc_of(row)]
            link_to(desk, row, str(link["xero_id"]), in_books_of(fate.element.content).status)
            with desk.db.transaction():
                words = f"{link['number']} was {'deleted' if fate.write.verb == 'delete' else 'voided'}: cancelled in the shop."
                posted(desk.db, row, str(link["xero_id"]), link["number"], sentence=words)

    write_all(desk.books, desk.db, desk.locks, desk.batch, "POST", "Invoices", writes, keep)
    tell_what_is_short(desk)


def _is_only_compared(desk: Desk, link: Row, row: Row) -> bool:
    """The order is as it was posted: whatever differs, a person made it so in Xero, and nothing is written (T7)."""
    asked = row["subject_key"] in desk.corrected
    return row["subject_kind"] == "order" and row["decision"] == "post" and same_facts(link, row) and not asked


def _compare(desk: Desk, row: Row, link: Row, there: InBooks | None, raw: Mapping[str, Any]) -> None:
    """Hold what a person changed, deleted or voided; it stays held until both agree, or somebody accepts it."""
    verdict = edited_in_books(desk.db, row, link, there, raw)
    if verdict is not None and row["accepted"] and there is not None and there.status not in GONE:
        _accept(desk, row, link, there)
        return
    digest = row["source_hash"] if verdict is None else f"{EDITED}{row['source_hash']}"
    with desk.db.transaction():
        if verdict is not None:
            held(desk.db, row, verdict)
        else:
            posted(desk.db, row, str(link["xero_id"]), link["number"], unchanged=True, sentence=reported(link, row))
        if link["source_hash"] != digest:
            desk.db.run("ledger.note_facts", **{**link, "source_hash": digest})


def edited_in_books(db: Database, row: Row, link: Row, there: InBooks | None, raw: Mapping[str, Any]) -> Hold | None:
    """What a person did in Xero to an invoice whose order is as it was; None where it is as we wrote it."""
    if there is None:
        return Hold("edited_in_xero", f"{link['number']} is no longer there in Xero.")
    verdict = act_on(wanted_of(row), there, link["amount"], closed=False)
    if isinstance(verdict, Hold) and verdict.reason == "edited_in_xero":
        return verdict
    return None if link["adopted"] else written_over(db, link, raw)


def written_over(db: Database, link: Row, there: Mapping[str, Any]) -> Hold | None:
    """What a bookkeeper wrote into the document since we wrote it last is never overwritten (complaint C41)."""
    was = db.row("correction.body", store=link["store"], subject_key=link["subject_key"], body_hash=link["body_hash"])
    db.rollback()
    if was is None:
        return None
    sent = json.loads(text_of(was["body"]), parse_float=Decimal)
    fields = unlike({**sent, "Status": None}, there, WORDS_OF_A_LINE)
    if not fields:
        return None
    words = "; ".join(f"{name} was {ours} and is {theirs}" for name, ours, theirs in fields[:5])
    figures = {name: f"{ours} -> {theirs}" for name, ours, theirs in fields[:5]}
    return Hold("edited_in_xero", f"{link['number']} was changed in Xero since we wrote it: {words}.", figures)


def _accept(desk: Desk, row: Row, link: Row, there: InBooks) -> None:
    """A person took what stands in Xero as right: it counts as what this order's facts became."""
    link_to(desk, {**row, "amount": there.total, "decision": "post"}, str(link["xero_id"]), there.status)
    with desk.db.transaction():
        words = "A person took what stands in Xero as right."
        posted(desk.db, row, str(link["xero_id"]), link["number"], unchanged=True, sentence=words)


def _verdict(row: Row, link: Row, there: InBooks | None, closed: bool) -> Act | Hold:
    if there is None:
        return Hold("edited_in_xero", f"{link['number']} is no longer there in Xero.")
    if row["decision"] != "post":
        return act_on_cancelled(there, row["reason"], closed)
    if link["adopted"] and link["number"] != row["number"] and there.total != row["amount"]:
        figures = {"posted": shown(there.total), "order_now": shown(row["amount"])}
        words = "{} is another connector's, at {posted}; the order is now worth {order_now}."
        return Hold("edited_after_payment", words.format(link["number"], **figures), figures)
    if link["adopted"] and link["number"] != row["number"]:
        return Act("nothing", "another connector's invoice, and its total is still the order's")
    return act_on(wanted_of(row), there, link["amount"], closed)


def _change_body(row: Row, link: Row, verb: str) -> str:
    xero_id = str(link["xero_id"])
    if verb == "update":
        return with_fields(text_of(row["body"]), InvoiceID=xero_id)
    if verb == "approve":
        due = json.loads(text_of(row["body"]))["DueDate"]  # a due date before the date would be none
        return with_fields("{}", InvoiceID=xero_id, Status="AUTHORISED", Date=row["dated"].isoformat(), DueDate=due)
    return with_fields("{}", InvoiceID=xero_id, Status="DELETED" if verb == "delete" else "VOIDED")
