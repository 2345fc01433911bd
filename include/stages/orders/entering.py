"""One slice of locked orders into the books: invoices, then what hangs on them, in that order."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from include.clients.xero import Element, Xero
from include.database.connection import Database, Row
from include.domain.difference import Act, InBooks, act_on, act_on_cancelled, adoptable
from include.domain.document import InvoiceStatus
from include.domain.money import ZERO, shown
from include.domain.outcome import REASONS, Hold
from include.settings.store import Store
from include.stages.orders.billing import Billed, bill_to
from include.stages.orders.posting import as_planned, failed, held, posted
from include.stages.orders.writing import Verb, Write, settle_unknown, write_all
from include.wire.xero_documents import with_fields
from include.wire.xero_found import in_books_of, reason_of

RETRY_AFTER = timedelta(minutes=15)
LOOK_AGAIN_AFTER = timedelta(hours=1)  # at a draft that somebody has to approve
CANCELLED = ("cancelled_never_paid", "declined", "archived")
Key = tuple[str, str, str]  # subject key, kind, part


@dataclass(slots=True)
class Desk:
    """What entering needs, and what it learns on the way: the links of this slice by document."""

    books: Xero
    db: Database
    store: Store
    batch: Row
    contacts: Mapping[str, Row]
    closed_to: date | None
    links: dict[Key, Row] = field(default_factory=dict)
    billed: Billed = field(default_factory=dict)
    undecided: set[str] = field(default_factory=set)  # the orders whose invoice is held: what hangs on it is held (T5)
    created: set[str] = field(default_factory=set)  # the orders whose invoice was made just now: nothing hangs on it


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A planned invoice as far as comparing with the books needs it."""

    reference: str
    currency: str
    total: Decimal
    tax: Decimal
    status: InvoiceStatus


def enter(desk: Desk, rows: Sequence[Row]) -> None:
    """Bring the documents of these locked orders into the books and record each one's outcome."""
    keys = sorted({row["subject_key"] for row in rows})
    settle_unknown(desk.books, desk.db, desk.store.key, "order", keys, lambda row: _read_back(desk, row, rows))
    _know_links(desk, rows, keys)
    to_write = _sorted_out(desk, rows)
    _invoices(desk, [row for row in to_write if row["kind"] == "invoice"])
    desk.undecided = _held_invoices(desk, keys)
    for kind in ("payment", "credit_note", "refund_payment", "allocation"):
        _hanging(desk, kind, [row for row in to_write if row["kind"] == kind])


def _know_links(desk: Desk, rows: Sequence[Row], keys: list[str]) -> None:
    found = desk.db.rows("ledger.links", store=desk.store.key, subject_kind="order", subject_keys=keys)
    done = desk.db.rows("ledger.last_done", store=desk.store.key, subject_kind="order", subject_keys=keys)
    desk.db.rollback()
    desk.links = {(row["subject_key"], row["kind"], row["part"]): row for row in found}
    ids = {
        (row["subject_key"], row["kind"], row["part"]): str(row["xero_id"]) for row in done if row["verb"] == "create"
    }
    # Written, and killed before it was linked: the attempt knows the document's id.
    for row in rows:
        if _doc(row) in ids and _doc(row) not in desk.links and row["decision"] == "post":
            _link(desk, row, ids[_doc(row)], row["status"] or "AUTHORISED")
    _refresh_drafts(
        desk, {row["subject_key"] for row in rows if row["kind"] == "payment" and row["decision"] == "post"}
    )


def _refresh_drafts(desk: Desk, paid: Iterable[str]) -> None:
    """Whether a draft that a payment waits for was approved by a person since."""
    links = [desk.links.get((key, "invoice", "1")) for key in paid]
    drafts = {str(link["xero_id"]): link for link in links if link is not None and link["status"] == "DRAFT"}
    if not drafts:
        return
    for found in map(in_books_of, desk.books.invoices_by_id(sorted(drafts))):
        link = drafts[found.xero_id]
        if found.status != link["status"]:
            values = {**link, "status": found.status}
            with desk.db.transaction():
                desk.db.run("ledger.link", **values)
            desk.links[link["subject_key"], "invoice", "1"] = values


def _sorted_out(desk: Desk, rows: Sequence[Row]) -> list[Row]:
    """Record what needs no call; what is left must be written, or compared with what the books hold."""
    left = []
    with desk.db.transaction():
        for row in rows:
            link = desk.links.get(_doc(row))
            if link is not None and (link["source_hash"] == row["source_hash"] or link["revision"] > row["revision"]):
                posted(
                    desk.db, row, str(link["xero_id"]), link["number"], unchanged=True, sentence=_reported(link, row)
                )
            elif row["decision"] != "post":
                if row["kind"] == "invoice" and link is not None and row["reason"] in CANCELLED:
                    left.append(row)
                else:
                    as_planned(desk.db, row)
            else:
                left.append(row)
    return left


def _reported(link: Row, row: Row) -> str:
    """A difference that only settings or code make is reported, never written (T7)."""
    same = link["body_hash"] == row["body_hash"] or link["revision"] > row["revision"]
    return "" if same else "By today's settings it would be written differently; the order itself did not change."


def _invoices(desk: Desk, rows: Sequence[Row]) -> None:
    new = [row for row in rows if _doc(row) not in desk.links]
    _create_invoices(desk, new)
    changed = [row for row in rows if _doc(row) in desk.links and row not in new]
    if changed:
        _change_invoices(desk, changed)


def _create_invoices(desk: Desk, rows: Sequence[Row]) -> None:
    if not rows:
        return
    _bill(desk, rows)
    writes = []
    by_doc = {_doc(row): row for row in rows}
    for row in rows:
        billed = desk.billed[row["contact_key"]]
        if isinstance(billed, Hold):
            with desk.db.transaction():
                held(desk.db, row, billed)
        else:
            writes.append(_write(row, "create", with_fields(_text(row["body"]), Contact={"ContactID": billed})))
    numbered = []
    for fate in write_all(desk.books, desk.db, desk.batch, "PUT", "Invoices", writes):
        row = by_doc[(fate.write.subject_key, fate.write.kind, fate.write.part)]
        if fate.element.ok:
            desk.created.add(row["subject_key"])
            _entered(desk, row, fate.element)
        elif reason_of(fate.element.problems) == "number_taken":
            numbered.append(row)
        else:
            _refused(desk, row, fate.element)
    _adopt(desk, numbered)


def _bill(desk: Desk, rows: Iterable[Row]) -> None:
    keys = {row["contact_key"] for row in rows if row["contact_key"]} - set(desk.billed)
    if keys:
        desk.billed |= bill_to(desk.books, desk.db, desk.batch, [desk.contacts[key] for key in sorted(keys)])


def _entered(desk: Desk, row: Row, element: Element, *, adopted: bool = False) -> None:
    """Link it, and compare Xero's answer with the plan (T6)."""
    found = in_books_of(element.content)
    _link(desk, row, element.xero_id or found.xero_id, found.status or row["status"] or "AUTHORISED", adopted=adopted)
    with desk.db.transaction():
        if found.total != row["amount"] or (
            found.tax is not None and row["tax"] is not None and found.tax != row["tax"]
        ):
            figures = {"planned": shown(row["amount"]), "xero": shown(found.total)}
            words = f"{row['number']} was planned at {shown(row['amount'])}; Xero answered {shown(found.total)}."
            held(desk.db, row, Hold("total_differs", words, figures))
        else:
            posted(desk.db, row, element.xero_id or found.xero_id, row["number"])


def _adopt(desk: Desk, rows: Sequence[Row]) -> None:
    """Documents that are already there under our number: ours if all agrees, else held."""
    if not rows:
        return
    found = {
        each.number: each for each in map(in_books_of, desk.books.invoices_numbered([row["number"] for row in rows]))
    }
    for row in rows:
        there = found.get(row["number"])
        billed = desk.billed.get(row["contact_key"])
        problem = (
            Hold("number_taken", f"Xero says that {row['number']} is used, and does not show it.")
            if there is None
            else adoptable(_wanted(row), there, billed if isinstance(billed, str) else None)
        )
        if there is not None and problem is None:
            _link(desk, row, there.xero_id, there.status, adopted=True)
        with desk.db.transaction():
            if problem is not None:
                held(desk.db, row, problem)
            elif there is not None:
                posted(desk.db, row, there.xero_id, row["number"], sentence="It was there already and agrees in all.")


def _change_invoices(desk: Desk, rows: Sequence[Row]) -> None:
    """Orders that changed after they were posted: compared with what Xero holds now, then written or held."""
    ids = [str(desk.links[_doc(row)]["xero_id"]) for row in rows]
    found = {each.xero_id: each for each in map(in_books_of, desk.books.invoices_by_id(ids))}
    writes: list[Write] = []
    for row in rows:
        link = desk.links[_doc(row)]
        there = found.get(str(link["xero_id"]))
        closed = bool(desk.closed_to and link["dated"] and link["dated"] <= desk.closed_to)
        verdict = _verdict(row, link, there, closed)
        if isinstance(verdict, Hold):
            with desk.db.transaction():
                held(desk.db, row, verdict)
        elif verdict.verb == "nothing" or (verdict.verb == "update" and link["body_hash"] == row["body_hash"]):
            assert there is not None  # without it the verdict is a hold
            _link(desk, row, str(link["xero_id"]), there.status)
            with desk.db.transaction():
                posted(desk.db, row, str(link["xero_id"]), link["number"], unchanged=True, sentence=verdict.words)
        else:
            verb: Verb = "update" if verdict.verb == "approve" else verdict.verb
            writes.append(_write(row, verb, _change_body(row, link, verdict.verb)))
    by_doc = {_doc(row): row for row in rows}
    for fate in write_all(desk.books, desk.db, desk.batch, "POST", "Invoices", writes):
        row = by_doc[(fate.write.subject_key, fate.write.kind, fate.write.part)]
        if not fate.element.ok:
            _refused(desk, row, fate.element)
        elif fate.write.verb == "update":
            _entered(desk, row, fate.element)
        else:
            link = desk.links[_doc(row)]
            _link(desk, row, str(link["xero_id"]), in_books_of(fate.element.content).status)
            with desk.db.transaction():
                words = f"{link['number']} was {'deleted' if fate.write.verb == 'delete' else 'voided'}: cancelled in the shop."
                posted(desk.db, row, str(link["xero_id"]), link["number"], sentence=words)


def _verdict(row: Row, link: Row, there: InBooks | None, closed: bool) -> Act | Hold:
    if there is None:
        return Hold("edited_in_xero", f"{link['number']} is no longer there in Xero.")
    if row["decision"] != "post":
        return act_on_cancelled(there, row["reason"], closed)
    return act_on(_wanted(row), there, link["amount"], closed)


def _change_body(row: Row, link: Row, verb: str) -> str:
    xero_id = str(link["xero_id"])
    if verb == "update":
        return with_fields(_text(row["body"]), InvoiceID=xero_id)
    if verb == "approve":
        due = json.loads(_text(row["body"]))["DueDate"]  # a due date before the date would be none
        return with_fields("{}", InvoiceID=xero_id, Status="AUTHORISED", Date=row["dated"].isoformat(), DueDate=due)
    return with_fields("{}", InvoiceID=xero_id, Status="DELETED" if verb == "delete" else "VOIDED")


def _hanging(desk: Desk, kind: str, rows: Sequence[Row]) -> None:
    """What hangs on an invoice or on a credit note: written once that is there, else it waits for it."""
    ready: list[tuple[Row, str, str]] = []
    with desk.db.transaction():
        for row in rows:
            problem = _not_ready(desk, kind, row)
            if problem is not None and problem.reason == "waits_for_approval":
                _waits(desk, row, problem)
            elif problem is None:
                ready.append((row, *_hung(desk, kind, row)))
            else:
                held(desk.db, row, problem)
    if kind == "payment":
        ready = _not_yet_paid(desk, ready)
    by_resource: dict[str, list[Row]] = {}
    bodies: dict[Key, str] = {}
    for row, resource, body in ready:
        by_resource.setdefault(resource, []).append(row)
        bodies[_doc(row)] = body
    for resource, group in by_resource.items():
        by_doc = {_doc(row): row for row in group}
        writes = [_write(row, "create", bodies[_doc(row)]) for row in group]
        for fate in write_all(desk.books, desk.db, desk.batch, "PUT", resource, writes):
            row, element = by_doc[(fate.write.subject_key, fate.write.kind, fate.write.part)], fate.element
            if not element.ok:
                _refused(desk, row, element)
                continue
            xero_id = element.xero_id or str(_parent_link(desk, row)["xero_id"])
            _link(desk, row, xero_id, str(element.content.get("Status") or "AUTHORISED"))
            with desk.db.transaction():
                posted(desk.db, row, xero_id, row["number"])


def _held_invoices(desk: Desk, keys: Sequence[str]) -> set[str]:
    held_now = desk.db.rows("ledger.held_invoices", batch_id=desk.batch["batch_id"], subject_keys=list(keys))
    desk.db.rollback()
    return {row["subject_key"] for row in held_now}


def _not_ready(desk: Desk, kind: str, row: Row) -> Hold | None:
    if _doc(row) in desk.links:
        link = desk.links[_doc(row)]
        words = f"It was posted at {shown(link['amount'] or ZERO)}; the shop now says {shown(row['amount'] or ZERO)}."
        return Hold("edited_after_payment", words, {"posted": shown(link["amount"] or ZERO)})
    invoice = desk.links.get((row["subject_key"], "invoice", "1"))
    if invoice is None or row["subject_key"] in desk.undecided:
        words = "is held" if invoice is not None else "is not in the books"
        return Hold("invoice_held", f"Its invoice {words}.")
    if invoice["status"] in ("VOIDED", "DELETED"):
        return Hold("edited_in_xero", f"{invoice['number']} was {invoice['status'].lower()}; the money is still there.")
    if kind == "payment" and invoice["status"] == "DRAFT":
        return Hold("waits_for_approval", f"{invoice['number']} is a draft; Xero takes no payment on it.")
    if kind == "payment":
        paid = sum(
            (link["amount"] for key, link in desk.links.items() if key[:2] == (row["subject_key"], "payment")), ZERO
        )
        if invoice["amount"] is not None and paid + row["amount"] > invoice["amount"]:
            words = (
                f"{shown(paid)} of {shown(invoice['amount'])} is paid; {shown(row['amount'])} more would be too much."
            )
            return Hold("overpaid", words, {"paid": shown(paid), "total": shown(invoice["amount"])})
    if kind in ("refund_payment", "allocation") and _note_of(desk, row) is None:
        return Hold("invoice_held", "Its credit note is not in the books.")
    return None


def _not_yet_paid(desk: Desk, ready: Sequence[tuple[Row, str, str]]) -> list[tuple[Row, str, str]]:
    """Without the payments that Xero already shows on an older invoice: payments have no natural key (accounting.md 5).

    Ours is the one with our reference; else the only one of that amount that no link of ours names, made by a person.
    """
    invoices = {
        row["subject_key"]: str(desk.links[row["subject_key"], "invoice", "1"]["xero_id"])
        for row, _, _ in ready
        if row["subject_key"] not in desk.created
    }
    if not invoices:
        return list(ready)
    linked = {str(link["xero_id"]) for (_, kind, _), link in desk.links.items() if kind == "payment"}
    there: dict[str, list[Mapping[str, Any]]] = {invoice_id: [] for invoice_id in invoices.values()}
    for payment in desk.books.payments_of(sorted(there)):
        if payment.get("Status") != "DELETED" and str(payment["PaymentID"]) not in linked:
            there[str(payment["Invoice"]["InvoiceID"])].append(payment)
    left = []
    for entry in ready:
        row = entry[0]
        found = _same_payment(row, there.get(invoices.get(row["subject_key"], ""), []))
        if found is None:
            left.append(entry)
            continue
        there[invoices[row["subject_key"]]].remove(found)
        _link(desk, row, str(found["PaymentID"]), "AUTHORISED", adopted=True)
        with desk.db.transaction():
            words = "Xero shows this payment already."
            posted(desk.db, row, str(found["PaymentID"]), row["number"], unchanged=True, sentence=words)
    return left


def _same_payment(row: Row, payments: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    of_amount = [each for each in payments if Decimal(str(each["Amount"])) == row["amount"]]
    ours = [each for each in of_amount if each.get("Reference") == row["reference"]]
    if ours:
        return ours[0]
    return of_amount[0] if len(of_amount) == 1 else None


def _waits(desk: Desk, row: Row, why: Hold) -> None:
    """A payment on a draft is looked at again until somebody approved the draft (accounting.md 4)."""
    held(desk.db, row, why)
    desk.db.run(
        "batches.make_due",
        store=desk.store.key,
        subject_kind="order",
        subject_key=row["subject_key"],
        cause="waits_for_approval",
        due_at=datetime.now(UTC) + LOOK_AGAIN_AFTER,
    )


def _hung(desk: Desk, kind: str, row: Row) -> tuple[str, str]:
    """The resource and the body, with the id of what it hangs on."""
    invoice_id = str(desk.links[(row["subject_key"], "invoice", "1")]["xero_id"])
    body = _text(row["body"])
    if kind == "payment":
        return "Payments", with_fields(body, Invoice={"InvoiceID": invoice_id})
    if kind == "credit_note":
        return "CreditNotes", with_fields(body, Contact={"ContactID": _contact_id(desk, row)})
    note = _note_of(desk, row)
    assert note is not None  # asked before
    if kind == "refund_payment":
        return "Payments", with_fields(body, CreditNote={"CreditNoteID": str(note["xero_id"])})
    return f"CreditNotes/{note['xero_id']}/Allocations", with_fields(body, Invoice={"InvoiceID": invoice_id})


def _contact_id(desk: Desk, row: Row) -> str:
    link = desk.db.rows("ledger.links", store=desk.store.key, subject_kind="contact", subject_keys=[row["contact_key"]])
    return str(link[0]["xero_id"])


def _note_of(desk: Desk, row: Row) -> Row | None:
    """The credit note that a refund payment or an allocation belongs to: its part starts with the refund's id."""
    return desk.links.get((row["subject_key"], "credit_note", str(row["part"]).partition("-")[0]))


def _parent_link(desk: Desk, row: Row) -> Row:
    return _note_of(desk, row) or desk.links[(row["subject_key"], "invoice", "1")]


def _refused(desk: Desk, row: Row, element: Element) -> None:
    """Xero said no: a reason of ours where its words are known, else a failure with its own words; tried again later."""
    reason = reason_of(element.problems)
    words = f"Xero refused it: {'; '.join(element.problems)[:500]}"
    with desk.db.transaction():
        if REASONS[reason].outcome == "held":
            held(desk.db, row, Hold(reason, words))
            return
        failed(desk.db, row, reason, words)
        desk.db.run(
            "batches.make_due",
            store=desk.store.key,
            subject_kind="order",
            subject_key=row["subject_key"],
            cause="retry",
            due_at=datetime.now(UTC) + RETRY_AFTER,
        )


def _read_back(desk: Desk, attempt: Row, rows: Sequence[Row]) -> tuple[str, str] | None:
    """Ask Xero by the document's natural key what became of an attempt whose answer was lost (accounting.md 5)."""
    row = next((each for each in rows if _doc(each) == _doc(attempt)), None)
    if row is None:
        return None
    if row["kind"] == "invoice" and row["number"]:
        found = desk.books.invoices_numbered([row["number"]])
        return (str(found[0]["InvoiceID"]), str(found[0]["Status"])) if found else None
    if row["kind"] == "credit_note" and row["number"]:
        found = desk.books.credit_notes_numbered([row["number"]])
        return (str(found[0]["CreditNoteID"]), str(found[0]["Status"])) if found else None
    link = desk.db.rows("ledger.links", store=desk.store.key, subject_kind="order", subject_keys=[row["subject_key"]])
    invoice = next((each for each in link if each["kind"] == "invoice"), None)
    if row["kind"] == "payment" and invoice is not None:
        payments: Sequence[Mapping[str, Any]] = desk.books.payments_of([str(invoice["xero_id"])])
        same = [
            each for each in payments if each.get("Reference") == row["reference"] and each.get("Status") != "DELETED"
        ]
        return (str(same[0]["PaymentID"]), "AUTHORISED") if same else None
    return None


def _write(row: Row, verb: Verb | Literal["nothing"], body: str) -> Write:
    assert verb != "nothing"  # nothing is not written
    return Write(row["subject_kind"], row["subject_key"], row["kind"], row["part"], verb, body)


def _wanted(row: Row) -> _Wanted:
    return _Wanted(row["reference"] or "", row["currency"], row["amount"], row["tax"] or ZERO, row["status"])


def _link(desk: Desk, row: Row, xero_id: str, status: str, *, adopted: bool = False) -> None:
    old = desk.links.get(_doc(row))
    values = {
        "store": desk.store.key,
        **{name: row[name] for name in ("subject_kind", "subject_key", "kind", "part", "generation")},
        "xero_id": xero_id,
        "number": row["number"] or (old["number"] if old else None),
        "status": status,
        "amount": row["amount"] if row["decision"] == "post" or old is None else old["amount"],
        "currency": row["currency"],
        "dated": row["dated"] or (old["dated"] if old else None),
        "source_hash": row["source_hash"],
        "body_hash": row["body_hash"] or (old["body_hash"] if old else ""),
        "revision": row["revision"],
        "settings_version": desk.batch["settings_version"],
        "adopted": adopted,
    }
    with desk.db.transaction():
        desk.db.run("ledger.link", **values)
    desk.links[_doc(row)] = values


def _doc(row: Row) -> Key:
    return (row["subject_key"], row["kind"], row["part"])


def _text(body: Any) -> str:
    return bytes(body).decode()
