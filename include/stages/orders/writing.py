"""Write ahead (design 4.2): no byte leaves before its chunk and attempts are committed, and no document has two attempts
of unknown outcome.

An unknown outcome younger than `RESEND_UNTIL_S` is sent again, the same bytes under the same key; an older one is read
back by its natural key before anything else is written.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from include.clients.errors import ApiError, DayLimitSpent, Refused, Unavailable
from include.clients.xero import Element, Xero
from include.database.connection import Database, Row
from include.stages.switches import Stopped, stop_if_told
from include.wire.xero_documents import bulk

ELEMENTS_A_CHUNK = 50  # reference xero.md 2.3
IN_FLIGHT = 4  # of Xero's five at once (reference xero.md 2.1)
RESEND_UNTIL_S = 300  # a minute less than Xero remembers the key (reference xero.md 3.3)

Verb = Literal["create", "update", "void", "delete"]


@dataclass(frozen=True, slots=True)
class Write:
    """One element that is to be written: which document it is, and its body."""

    subject_kind: str
    subject_key: str
    kind: str
    part: str
    verb: Verb
    body: str
    generation: int = 1


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one write."""

    write: Write
    element: Element


def write_all(
    books: Xero,
    db: Database,
    batch: Row,
    method: Literal["PUT", "POST"],
    resource: str,
    writes: Sequence[Write],
    keep: Callable[[Fate], None],
) -> None:
    """Write every element, in chunks of 50, four in flight.

    keep   is called with each element's fate, inside the transaction that settles its chunk: what it raises leaves the
           chunk's outcome unknown, as if we had been killed, and it is read back.

    Raises the first transient error after every other chunk is settled: what was not sent may be tried again, what is
    unknown stays open. A chunk that Xero refuses as a whole yields its problems for each element.
    """
    chunks = [writes[start : start + ELEMENTS_A_CHUNK] for start in range(0, len(writes), ELEMENTS_A_CHUNK)]
    flying: deque[tuple[_Chunk, Future[list[Element]]]] = deque()
    raised: ApiError | Stopped | None = None
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        while chunks or flying:
            if chunks and raised is None and len(flying) < IN_FLIGHT:
                try:
                    stop_if_told(db, batch["store"])
                except Stopped as stopped:  # what is in flight is kept first
                    raised = stopped
                    continue
                chunk = _ahead(db, batch, method, resource, chunks.pop(0))
                flying.append((chunk, pool.submit(_send, books, method, resource, chunk)))
                continue
            if not flying:
                break
            chunk, answer = flying.popleft()  # the oldest; the others go on while its outcomes are kept
            try:
                elements = answer.result()
            except ApiError as error:
                _not_answered(db, chunk, error)
                raised = raised or error
                continue
            _settle_chunk(db, chunk, elements, keep)
    if raised is not None:
        raise raised


@dataclass(frozen=True, slots=True)
class _Chunk:
    chunk_id: int
    key: str
    body: bytes
    writes: Sequence[Write]


def _ahead(db: Database, batch: Row, method: str, resource: str, writes: Sequence[Write]) -> _Chunk:
    body = bulk(resource.rpartition("/")[2], [write.body for write in writes])
    hashes = [hashlib.sha256(write.body.encode()).hexdigest() for write in writes]
    with db.transaction():
        # The attempts' own number is in the key: a later write of the same bytes is another write.
        number = db.value("ledger.next_chunk")
        key = f"{batch['store']}-{number}-{hashlib.sha256(body).hexdigest()[:32]}"
        row = db.row(
            "ledger.open_chunk",
            batch_id=batch["batch_id"],
            store=batch["store"],
            method=method,
            target=resource,
            idempotency_key=key,
            body=body,
        )
        assert row is not None  # an INSERT .. RETURNING always has its row
        db.insert(
            "ledger.open_attempts",
            [
                (row["chunk_id"], position, batch["store"], *_document(write), write.generation, write.verb, body_hash)
                for position, (write, body_hash) in enumerate(zip(writes, hashes, strict=True))
            ],
        )
    return _Chunk(row["chunk_id"], key, body, writes)


def _document(write: Write) -> tuple[str, str, str, str]:
    return (write.subject_kind, write.subject_key, write.kind, write.part)


def _send(books: Xero, method: Any, resource: str, chunk: _Chunk) -> list[Element]:
    try:
        return books.write(method, resource, chunk.body, key=chunk.key)
    except Refused as error:
        problems = error.problems or (str(error),)
        return [Element(position, False, None, None, problems, (), {}) for position in range(len(chunk.writes))]


def _settle_chunk(db: Database, chunk: _Chunk, elements: Sequence[Element], keep: Callable[[Fate], None]) -> None:
    with db.transaction():
        for element in elements:
            settle(db, chunk.chunk_id, element)
        db.run("ledger.answer_chunk", chunk_id=chunk.chunk_id)
        for element, write in zip(elements, chunk.writes, strict=True):
            keep(Fate(write, element))


def settle(db: Database, chunk_id: int, element: Element) -> None:
    """Record one element's fate, inside the caller's transaction."""
    db.run_later(
        "ledger.settle_attempt",
        chunk_id=chunk_id,
        position=element.position,
        outcome="done" if element.ok else "refused",
        xero_id=element.xero_id if element.ok else None,
        problem=None if element.ok else without_person(element)[:2000] or "refused without a word",
    )


def _not_answered(db: Database, chunk: _Chunk, error: ApiError) -> None:
    """What surely never arrived may be written anew; all else stays open until it is known."""
    if not isinstance(error, Unavailable | DayLimitSpent):
        return
    with db.transaction():
        for position in range(len(chunk.writes)):
            db.run(
                "ledger.settle_attempt",
                chunk_id=chunk.chunk_id,
                position=position,
                outcome="not_sent",
                xero_id=None,
                problem=None,
            )


ReadBack = Callable[[Row], tuple[str, str] | None]


def settle_unknown(
    books: Xero, db: Database, store: str, subject_kind: str, keys: Sequence[str], read_back: ReadBack
) -> None:
    """Learn what became of every open attempt of these subjects, before anything else is written about them.

    read_back  asks Xero by the document's natural key: (id, status) if it is there, None if it surely is not.
    """
    rows = db.rows("ledger.unknown_attempts", store=store, subject_kind=subject_kind, subject_keys=list(keys))
    db.rollback()
    for chunk_id in dict.fromkeys(row["chunk_id"] for row in rows):
        attempts = [row for row in rows if row["chunk_id"] == chunk_id]
        first = attempts[0]
        if first["age_s"] < RESEND_UNTIL_S:
            elements = _resend(books, first)
            with db.transaction():
                for element in elements:
                    settle(db, chunk_id, element)
                db.run("ledger.answer_chunk", chunk_id=chunk_id)
            continue
        for row in attempts:
            found = read_back(row)
            with db.transaction():
                db.run(
                    "ledger.settle_attempt",
                    chunk_id=chunk_id,
                    position=row["position"],
                    outcome="absent" if found is None else "done",
                    xero_id=None if found is None else found[0],
                    problem=None,
                )


def _resend(books: Xero, row: Row) -> list[Element]:
    left_s = RESEND_UNTIL_S - row["age_s"]
    return books.write(
        row["method"],
        row["target"],
        bytes(row["body"]),
        key=row["idempotency_key"],
        repeat_for_s=left_s,
        sent_before=True,
    )


def without_person(element: Element) -> str:
    """What Xero said of it, without the name and address that it quotes: a reason is read by many (design 4.11)."""
    words = "; ".join(element.problems)
    for field in ("Name", "EmailAddress"):
        if quoted := str(element.content.get(field) or ""):
            words = words.replace(quoted, "(the contact's)")
    return words
