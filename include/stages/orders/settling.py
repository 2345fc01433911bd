"""What became of writes whose answer was lost, learnt before anything else is written about them (design 4.2).

By the age of the request, from the moment before it first left, by the database's clock:

    below RESEND_UNTIL_S    the same bytes are sent again under the same key, which Xero still knows
    below SURE_AFTER_S      read back: what is there is known; what is not may still be on its way, so the run waits
    older                   read back: what is not there never arrived

What is found is linked in the transaction that settles it, with the digests of the plan that was sent, which need not be
the newest: an order that changed since is then seen to differ.
"""

from collections.abc import Sequence
from decimal import Decimal

from include.clients.errors import OutcomeUnknown
from include.clients.xero import Element, Xero
from include.database.connection import Database, Row
from include.stages.orders.linking import link_now, link_values
from include.stages.orders.locks import Locks
from include.stages.orders.natural_keys import Found, Sent, read_back, sent_in
from include.stages.orders.writing import RESEND_UNTIL_S, id_of, send, settle
from include.wire.xero_answers_compared import unlike

# No byte leaves later than RESEND_UNTIL_S; what left then is written out within 30 s and carried out within 60 s, the
# client's own time-outs (clients/sending.py), or not at all.
SURE_AFTER_S = RESEND_UNTIL_S + 120


def settle_unknown(books: Xero, db: Database, locks: Locks, store: str, subject_kind: str, keys: Sequence[str]) -> None:
    """Learn what became of every open attempt of these subjects, and link what stands in the books.

    The caller holds the subjects' locks. Raises OutcomeUnknown where it is too early to say that something is absent,
    and the clients' errors.
    """
    _link_what_is_done(db, store, subject_kind, keys)
    asked = {"store": store, "subject_kind": subject_kind, "subject_keys": list(keys)}
    rows = db.rows("ledger.unknown_attempts", **asked)
    db.rollback()
    old: list[Sent] = []
    mine = set(keys)
    for chunk_id in dict.fromkeys(row["chunk_id"] for row in rows):
        attempts = [row for row in rows if row["chunk_id"] == chunk_id]
        if _age_s(db, chunk_id) < RESEND_UNTIL_S:
            _send_again(books, db, locks, attempts)
        else:
            old += [sent_in(row) for row in attempts if row["subject_key"] in mine]
    if old:
        _read_back(books, db, old)


def _age_s(db: Database, chunk_id: int) -> float:
    """Asked for each request anew: sending the one before may have taken minutes."""
    age_s = float(db.value("ledger.age_of_chunk", chunk_id=chunk_id))
    db.rollback()
    return age_s


def _send_again(books: Xero, db: Database, locks: Locks, attempts: Sequence[Row]) -> None:
    first = attempts[0]
    locks.check()
    elements = send(
        books,
        first["method"],
        first["target"],
        bytes(first["body"]),
        first["idempotency_key"],
        repeat_for_s=RESEND_UNTIL_S - _age_s(db, first["chunk_id"]),
        sent_before=True,
    )
    by_position: dict[int, Element] = {each.position: each for each in elements}
    with db.transaction():
        settled = settle(db, first["chunk_id"], first["target"], elements)
        db.run("ledger.answer_chunk", chunk_id=first["chunk_id"])
        for row in attempts:
            element = by_position[row["position"]]
            if row["position"] in settled and element.ok and row["kind"] != "contact":
                status = str(element.content.get("Status") or "AUTHORISED")
                _link(db, sent_in(row), Found(id_of(element, row["target"]), status, element.content))


def _read_back(books: Xero, db: Database, attempts: Sequence[Sent]) -> None:
    found = read_back(books, db, attempts)
    young: list[float] = []
    for chunk_id in dict.fromkeys(sent.row["chunk_id"] for sent in attempts):
        age_s = _age_s(db, chunk_id)
        fates: list[tuple[Sent, Found | None]] = []
        for sent in attempts:
            if sent.row["chunk_id"] != chunk_id:
                continue
            if sent.place in found or age_s >= SURE_AFTER_S:
                fates.append((sent, found.get(sent.place)))
            else:
                young.append(age_s)
        _keep(db, chunk_id, fates)
    if young:
        raise OutcomeUnknown(
            f"What became of {len(young)} earlier writes is not known yet, and nothing is written before it is.",
            retry_after_s=SURE_AFTER_S - min(young),
        )


def _keep(db: Database, chunk_id: int, fates: Sequence[tuple[Sent, Found | None]]) -> None:
    with db.transaction():
        rows = [
            (chunk_id, sent.row["position"], "absent" if there is None else "done", there and there.xero_id, None)
            for sent, there in fates
        ]
        settled = {row["position"] for row in db.insert("ledger.settle_attempts", rows)}
        for sent, there in fates:
            if there is not None and sent.row["position"] in settled and sent.row["kind"] != "contact":
                _link(db, sent, there)


def _link_what_is_done(db: Database, store: str, subject_kind: str, keys: Sequence[str]) -> None:
    """Of an attempt that is done and was never linked the document's id is known: nobody need ask."""
    if subject_kind == "contact":
        return  # billing.py links it, under both of its keys
    rows = db.rows("ledger.done_without_link", store=store, subject_kind=subject_kind, subject_keys=list(keys))
    with db.transaction():
        for row in rows:
            if row["decision"] is None:
                continue
            status = str(row["planned_status"] or "AUTHORISED")
            values = link_values(row, None, str(row["xero_id"]), status, row["settings_version"])
            # What Xero answered is not kept: without the facts' digest the next step compares the invoice again.
            link_now(db, values | {"source_hash": ""} if row["kind"] == "invoice" else values)


def _link(db: Database, sent: Sent, there: Found) -> None:
    """Link what was sent; where Xero keeps it otherwise, without the facts' digest, so that the next step compares it."""
    row = sent.row
    if row["decision"] is None:
        return  # its plan is gone: the document is found by its number when the order comes again
    named = {name: row[name] for name in ("subject_kind", "kind", "part", "generation")}
    links = db.rows(
        "ledger.links", store=row["store"], subject_kind=row["subject_kind"], subject_keys=[row["subject_key"]]
    )
    old = next((link for link in links if all(link[name] == value for name, value in named.items())), None)
    values = link_values(row, old, there.xero_id, there.status, row["settings_version"])
    if row["kind"] == "invoice" and row["verb"] in ("create", "update") and _otherwise(sent, there):
        values["source_hash"] = ""
    link_now(db, values)


def _otherwise(sent: Sent, there: Found) -> bool:
    total = there.content.get("Total")
    return bool(unlike(sent.body, there.content)) or (
        total is not None and sent.row["amount"] is not None and Decimal(str(total)) != sent.row["amount"]
    )
