"""What a run is, and how its batches move from stage to stage."""

import functools
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from include.clients.bigcommerce import Window
from include.clients.errors import ApiError
from include.database.connection import Database, Row
from include.settings.store import Store

ORDERS_A_BATCH_MAX = 2000  # so that memory is flat (design 3)
CORE = ("domain", "wire")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a flow. `window` is None for the moving window that starts at the flow's watermark."""

    flow: str
    run_id: str
    window: Window | None = None


class StageRed(Exception):  # noqa: N818 - it is a verdict, and the word that people see
    """Batches failed as a whole. The text names each, the stage, and why. Clearing the task does not cure it by itself."""


class LeftRed(StageRed):
    """Only what an earlier step turned red, and told of, is still open."""


@functools.cache
def code_version() -> str:
    """A digest of the core's source: plans say by which code they were made."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent.parent
    for folder in CORE:
        for path in sorted((root / folder).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def digest_key(store: Store) -> bytes:
    """The secret from which this store's digests of e-mails are made."""
    return hashlib.sha256(f"{os.environ.get('BRIDGE_KEY', '')}/{store.key}".encode()).digest()


def look_again(db: Database, store: Store, order_key: str, cause: str, after: timedelta) -> None:
    """Have the moving window look at this order again, after a while. Inside the caller's transaction."""
    db.run(
        "batches.make_due",
        store=store.key,
        subject_kind="order",
        subject_key=order_key,
        cause=cause,
        due_at=datetime.now(UTC) + after,
    )


def each_batch(
    db: Database,
    batch_ids: Sequence[int],
    *,
    stage: str,
    takes: Sequence[str],
    leaves: str,
    work: Callable[[Row], str | None],
) -> None:
    """Run one stage on every batch whose state it takes; move it on, or turn it red and say so at the end.

    work  does the stage on a batch; a sentence means that the batch failed as a whole. What it raises passes through,
          and leaves the batch red as well: if this run does not come back to it, the next one does.
    """
    red = []
    for batch in _batches(db, batch_ids):
        if batch["state"] not in takes:
            continue
        try:
            why = work(batch)
        except Exception as error:
            _leave_red(db, batch, stage, error)
            raise
        with db.transaction():
            if why is None:
                db.run("batches.move_batch", batch_id=batch["batch_id"], state=leaves)
            else:
                db.run("batches.turn_red", batch_id=batch["batch_id"], stage=stage, reason=why)
                red.append(f"batch {batch['batch_id']}, {stage}: {why}")
    if red:
        raise StageRed("\n".join(red))


def _leave_red(db: Database, batch: Row, stage: str, error: Exception) -> None:
    """An error of ours may quote an order, so only its kind is kept; a vendor's trouble has a sentence of its own."""
    reason = (
        str(error)
        if isinstance(error, ApiError | StageRed)
        else f"a {type(error).__name__} of our own; see the task's log"
    )
    with suppress(Exception):  # where the database itself is the trouble, the first error is the one to see
        db.rollback()
        with db.transaction():
            db.run("batches.turn_red", batch_id=batch["batch_id"], stage=stage, reason=reason)


def _batches(db: Database, batch_ids: Sequence[int]) -> Iterator[Row]:
    for batch_id in batch_ids:
        batch = db.row("batches.batch", batch_id=batch_id)
        db.rollback()
        if batch is not None:
            yield batch
