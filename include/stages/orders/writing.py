"""Write ahead (design 4.2): no byte leaves before its chunk and attempts are committed, and no document has two attempts
of unknown outcome. What becomes of an unknown one: `settling.py`; what each kind is known by: `natural_keys.py`.
"""

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from include.clients.errors import ApiError, DayLimitSpent, Refused, Unavailable
from include.clients.sending import REPEAT_FOR_S
from include.clients.xero import Element, Xero
from include.database.connection import Database, Row
from include.stages.orders.locks import Locks, LocksLost
from include.stages.orders.natural_keys import way_of
from include.stages.switches import Stopped, stop_if_told
from include.wire.xero_documents import bulk

ELEMENTS_A_CHUNK = 50  # reference xero.md 2.3
IN_FLIGHT = 5  # as many as Xero takes at once (reference xero.md 2.1); who shares them is the pace's to say
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
    locks: Locks,
    batch: Row,
    method: Literal["PUT", "POST"],
    resource: str,
    writes: Sequence[Write],
    keep: Callable[[Fate], None],
) -> None:
    """Write every element, in chunks of 50, five in flight.

    keep   is called with each element's fate, inside the transaction that settles its chunk: what it raises leaves the
           chunk's outcome unknown, as if we had been killed, and it is read back.

    locks  of the subjects that are written about; looked at before each chunk

    Raises the first transient error after every other chunk is settled: what was not sent may be tried again, what is
    unknown stays open; LocksLost where another run may write about these subjects by now. A chunk that Xero refuses as a
    whole yields its problems for each element.
    """
    for kind, verb in {(write.kind, write.verb) for write in writes}:
        way_of(kind, verb)  # what could not be read back is not written
    chunks = [writes[start : start + ELEMENTS_A_CHUNK] for start in range(0, len(writes), ELEMENTS_A_CHUNK)]
    flying: deque[tuple[_Chunk, Future[list[Element]]]] = deque()
    raised: ApiError | Stopped | None = None  # the first of them
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        while chunks or flying:
            # One more is ready than may fly: it leaves as soon as an answer is there, while that is being kept.
            if chunks and raised is None and len(flying) <= IN_FLIGHT:
                try:
                    stop_if_told(db, batch["store"])
                    locks.check()
                except (Stopped, LocksLost) as stopped:  # what is in flight is kept first
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
            raised = _settle_chunk(db, chunk, elements, keep) or raised
    if raised is not None:
        raise raised


@dataclass(frozen=True, slots=True)
class _Chunk:
    chunk_id: int
    target: str
    key: str
    body: bytes
    writes: Sequence[Write]
    latest: float  # by this process's clock: later no byte of it leaves, see `settling.SURE_AFTER_S`


def _ahead(db: Database, batch: Row, method: str, resource: str, writes: Sequence[Write]) -> _Chunk:
    body = bulk(resource.rpartition("/")[2], [write.body for write in writes])
    hashes = [hashlib.sha256(write.body.encode()).hexdigest() for write in writes]
    latest = time.monotonic() + REPEAT_FOR_S
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
    return _Chunk(row["chunk_id"], resource, key, body, writes, latest)


def _document(write: Write) -> tuple[str, str, str, str]:
    return (write.subject_kind, write.subject_key, write.kind, write.part)


def _send(books: Xero, method: str, resource: str, chunk: _Chunk) -> list[Element]:
    left_s = chunk.latest - time.monotonic()
    if left_s <= 0:  # this process slept between the commit and here: another may have read it back as absent by now
        raise Unavailable("The write waited too long to be sent.")
    return send(books, method, resource, chunk.body, chunk.key, repeat_for_s=left_s)


def send(
    books: Xero, method: Any, resource: str, body: bytes, key: str, *, repeat_for_s: float, sent_before: bool = False
) -> list[Element]:
    """What became of each element; of a request that Xero refused as a whole, its problems for each. See `Xero.write`."""
    try:
        return books.write(method, resource, body, key=key, repeat_for_s=repeat_for_s, sent_before=sent_before)
    except Refused as error:
        problems = error.problems or (str(error),)
        [elements] = json.loads(body).values()
        return [Element(position, False, None, None, problems, (), {}) for position in range(len(elements))]


def _settle_chunk(
    db: Database, chunk: _Chunk, elements: Sequence[Element], keep: Callable[[Fate], None]
) -> LocksLost | None:
    """Keep what became of each; an error where another run settled some of them before, which it also has linked."""
    with db.transaction():
        settled = settle(db, chunk.chunk_id, chunk.target, elements)
        db.run("ledger.answer_chunk", chunk_id=chunk.chunk_id)
        for element, write in zip(elements, chunk.writes, strict=True):
            if element.position in settled:
                keep(Fate(write, element))
    if len(settled) == len(elements):
        return None
    return LocksLost("Another run settled what this one wrote: the locks were lost on the way.", retry_after_s=5)


def settle(db: Database, chunk_id: int, target: str, elements: Sequence[Element]) -> set[int]:
    """Record the elements' fates, inside the caller's transaction; the positions that were still open.

    From here to the commit no other run settles them: it waits for these rows.
    """
    rows = [
        (
            *(chunk_id, element.position, "done" if element.ok else "refused"),
            id_of(element, target) if element.ok else None,
            None if element.ok else without_person(element)[:2000] or "refused without a word",
        )
        for element in elements
    ]
    return {int(row["position"]) for row in db.insert("ledger.settle_attempts", rows)}


def id_of(element: Element, target: str) -> str:
    """The id of what was stored. Xero names an allocation in some answers only: then its credit note stands for it."""
    return element.xero_id or target.split("/")[1]


def _not_answered(db: Database, chunk: _Chunk, error: ApiError) -> None:
    """What surely never arrived may be written anew; all else stays open until it is known."""
    if not isinstance(error, Unavailable | DayLimitSpent):
        return
    with db.transaction():
        rows = [(chunk.chunk_id, position, "not_sent", None, None) for position in range(len(chunk.writes))]
        db.insert("ledger.settle_attempts", rows)


def without_person(element: Element) -> str:
    """What Xero said of it, without the name and address that it quotes: a reason is read by many (design 4.11)."""
    words = "; ".join(element.problems)
    for field in ("Name", "EmailAddress"):
        if quoted := str(element.content.get(field) or ""):
            words = words.replace(quoted, "(the contact's)")
    return words
