"""The protocol of writes as a table: each kind's natural key, and how a write is read back whose answer was lost.

Design 4.2, 4.3. A kind that is not here cannot be written: `way_of` raises before anything leaves. Reads are batched, so
that a request of fifty whose answer was lost costs a call or two.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.wire.xero_contacts import bears_contact
from include.wire.xero_items import is_item
from include.wire.xero_read_back import (
    GONE,
    Json,
    bears,
    element_in,
    is_allocation,
    is_document,
    is_payment,
    paid_document_of,
    same_number,
)

Place = tuple[int, int]  # chunk and position


@dataclass(frozen=True, slots=True)
class Sent:
    """One element that left. `row` is its attempt with the plan that it was sent for, `body` what was sent."""

    row: Row
    body: Json

    @property
    def place(self) -> Place:
        """Where it was: which request, and where in it."""
        return (self.row["chunk_id"], self.row["position"])


@dataclass(frozen=True, slots=True)
class Found:
    """What was sent, as it stands in Xero."""

    xero_id: str
    status: str
    content: Mapping[str, Any]


Finds = Callable[[Xero, Database, Sequence[Sent]], dict[Place, Found]]


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of write: its natural key, how Xero is asked, and when what stands there is ours, in words and in code."""

    natural_key: str
    asked: str
    there: str
    find: Finds


def sent_in(row: Row) -> Sent:
    """An attempt's element, out of the bytes that were stored before they left."""
    return Sent(row, element_in(bytes(row["body"]), row["position"]))


def way_of(kind: str, verb: str) -> Way:
    """How a kind of write is known. Raises KeyError for one that nobody wrote down."""
    return WAYS[kind, verb]


def read_back(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    """Those of these writes that stand in Xero now. Raises the clients' errors; what is missing is not there."""
    by_way: dict[tuple[str, str], list[Sent]] = {}
    for sent in attempts:
        by_way.setdefault((sent.row["kind"], sent.row["verb"]), []).append(sent)
    found: dict[Place, Found] = {}
    for (kind, verb), group in sorted(by_way.items()):
        found |= way_of(kind, verb).find(books, db, group)
    return found


def _contacts(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    there = books.contacts_where(numbers=[str(sent.body["ContactNumber"]) for sent in attempts], emails=[])
    there.sort(key=lambda each: each.get("ContactStatus") != "ACTIVE")  # an archived one is only the second choice
    return _first(attempts, there, "ContactID", lambda sent, kept: same_number(sent.body, kept, "ContactNumber"))


def _contacts_updated(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    there = books.contacts_by_id([str(sent.body["ContactID"]) for sent in attempts])
    return _first(
        attempts,
        there,
        "ContactID",
        lambda sent, kept: same_number(sent.body, kept, "ContactID") and bears_contact(sent.body, kept),
    )


def _invoices_by_number(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    there = books.invoices_numbered([str(sent.body["InvoiceNumber"]) for sent in attempts])
    return _first(attempts, there, "InvoiceID", lambda sent, kept: _is_ours(sent, kept, "InvoiceNumber"))


def _notes_by_number(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    there = books.credit_notes_numbered([str(sent.body["CreditNoteNumber"]) for sent in attempts])
    return _first(attempts, there, "CreditNoteID", lambda sent, kept: _is_ours(sent, kept, "CreditNoteNumber"))


def _is_ours(sent: Sent, kept: Json, name: str) -> bool:
    return same_number(sent.body, kept, name) and is_document(sent.body, kept)


def _updated(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    there = books.invoices_by_id([str(sent.body["InvoiceID"]) for sent in attempts])
    return _first(
        attempts,
        there,
        "InvoiceID",
        lambda sent, kept: same_number(sent.body, kept, "InvoiceID") and bears(sent.body, kept),
    )


def _withdrawn(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    there = books.invoices_by_id([str(sent.body["InvoiceID"]) for sent in attempts])
    return _first(
        attempts,
        there,
        "InvoiceID",
        lambda sent, kept: same_number(sent.body, kept, "InvoiceID") and kept.get("Status") in GONE,
    )


def _payments(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    """Payments of invoices and of credit notes; those that a link names are another document's."""
    documents = sorted({paid_document_of(sent.body) for sent in attempts})
    there: dict[str, dict[str, Json]] = {each: {} for each in documents}
    for payment in books.payments_of(documents):
        there[_id(payment["Invoice"], "InvoiceID")][_id(payment, "PaymentID")] = payment
    # Whether the list of payments can be asked for those of a credit note is not confirmed: the note names them too.
    refunds = [paid_document_of(sent.body) for sent in attempts if "CreditNote" in sent.body]
    for note_id, note in _notes_of(books, db, refunds).items():
        for payment in note.get("Payments") or ():
            there[note_id].setdefault(_id(payment, "PaymentID"), payment)
    ids = [payment_id for each in there.values() for payment_id in each]
    taken = {row["xero_id"] for row in db.rows("ledger.links_by_id", xero_ids=ids)}
    db.rollback()
    found: dict[Place, Found] = {}
    for sent in attempts:
        for payment_id, payment in there[paid_document_of(sent.body)].items():
            if payment_id not in taken and is_payment(sent.body, payment):
                taken.add(payment_id)
                found[sent.place] = Found(payment_id, str(payment.get("Status") or "AUTHORISED"), payment)
                break
    return found


def _allocations(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    """Of an allocation only what it joins and its amount are sure: as many as are there and no link names are ours."""
    found: dict[Place, Found] = {}
    notes = _notes_of(books, db, [_note_id_of(sent) for sent in attempts])
    used: Counter[str] = Counter()
    for sent in attempts:
        note_id = _note_id_of(sent)
        there = [each for each in notes.get(note_id, {}).get("Allocations") or () if is_allocation(sent.body, each)]
        ids = [note_id, *(_id(each, "AllocationID") for each in there if each.get("AllocationID"))]
        links = [row for row in db.rows("ledger.links_by_id", xero_ids=ids) if row["kind"] == "allocation"]
        db.rollback()
        known = sum(row["amount"] == sent.row["amount"] for row in links)
        if len(there) > known + used[note_id]:
            used[note_id] += 1
            # Xero names an allocation in some answers only; where it does not, it is linked to its credit note.
            names = {row["xero_id"] for row in links}
            free = [each for each in ids[1:] if each not in names]
            found[sent.place] = Found(free[0] if free else note_id, "AUTHORISED", there[-1])
    return found


def _items(books: Xero, db: Database, attempts: Sequence[Sent]) -> dict[Place, Found]:
    """All items come in one answer. One that a bookkeeper edited since is taken over by its code, so nothing is lost."""

    def is_it(sent: Sent, kept: Json) -> bool:
        return same_number(sent.body, kept, "ItemID" if "ItemID" in sent.body else "Code") and is_item(sent.body, kept)

    return _first(attempts, books.items(), "ItemID", is_it)


def _note_id_of(sent: Sent) -> str:
    return str(sent.row["target"]).split("/")[1].lower()


def _id(element: Json, name: str) -> str:
    return str(element[name]).lower()


def _notes_of(books: Xero, db: Database, note_ids: Sequence[str]) -> dict[str, Json]:
    """These credit notes with their payments and allocations, by id; Xero is asked by their numbers."""
    if not note_ids:
        return {}
    rows = db.rows("ledger.note_numbers", xero_ids=sorted(set(note_ids)))
    db.rollback()
    notes = books.credit_notes_numbered(sorted({str(row["number"]) for row in rows}))
    return {_id(note, "CreditNoteID"): note for note in notes}


def _first(
    attempts: Sequence[Sent], there: Sequence[Json], id_name: str, is_it: Callable[[Sent, Json], bool]
) -> dict[Place, Found]:
    found: dict[Place, Found] = {}
    for sent in attempts:
        ours = next((each for each in there if is_it(sent, each)), None)
        if ours is not None:
            status = str(ours.get("Status") or ours.get("ContactStatus") or "ACTIVE")
            found[sent.place] = Found(str(ours[id_name]), status, ours)
    return found


_GONE = Way("InvoiceID", "invoices by id", "Status is VOIDED or DELETED", _withdrawn)
_PAID = "{}, reference (`number/part`), amount; where Xero shows no reference: amount, date and account"
WAYS: Mapping[tuple[str, str], Way] = {
    ("contact", "create"): Way(
        "ContactNumber", "contacts by number, archived ones too", "the number is there", _contacts
    ),
    ("item", "create"): Way("Code", "all items", "code and every field that was sent agree", _items),
    ("item", "update"): Way("ItemID", "all items", "every field that was sent stands there", _items),
    ("contact", "update"): Way(
        "ContactID", "contacts by id, archived ones too", "every field that was sent stands there", _contacts_updated
    ),
    ("invoice", "create"): Way(
        "InvoiceNumber",
        "invoices by number, voided ones too",
        "number, reference, currency and the link into the shop agree; edited since or not",
        _invoices_by_number,
    ),
    ("invoice", "update"): Way(
        "InvoiceID", "invoices by id", "every field that was sent stands there, words of the lines included", _updated
    ),
    ("invoice", "void"): _GONE,
    ("invoice", "delete"): _GONE,
    ("payment", "create"): Way(
        _PAID.format("invoice"), "payments of the invoice", "a live one that no link names agrees", _payments
    ),
    ("credit_note", "create"): Way(
        "CreditNoteNumber",
        "credit notes by number, voided ones too",
        "number, reference and currency agree",
        _notes_by_number,
    ),
    ("refund_payment", "create"): Way(
        _PAID.format("credit note"),
        "payments of the credit note, and the credit note",
        "a live one that no link names agrees",
        _payments,
    ),
    ("allocation", "create"): Way(
        "credit note, invoice, amount",
        "the credit note by number",
        "it has more such allocations than links of ours name",
        _allocations,
    ),
}
