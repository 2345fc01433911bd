"""The days that are over: their documents, planned from what their orders brought, in a batch of their own.

One transaction assigns the members and plans the documents. After it the batch is what a transformed batch of orders is:
load sends it, once, whatever dies in between.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from include.checks.outgoing import check_outgoing
from include.database.connection import Database
from include.domain.outcome import Hold
from include.domain.policy import Policy, Reference
from include.domain.summary import closed_at, contact_of_day
from include.settings.store import Store
from include.stages.orders.run import Run, code_version, digest_key
from include.stages.orders.transform import contact_row
from include.stages.reference import newest, reference_for
from include.stages.settings import as_decided
from include.stages.summary.kept import FLOW
from include.stages.summary.planning import Part, outgoing_of, parts_of, planned_row
from include.stages.summary.sorting import Summary, sorted_by_day

LEFT_AFTER_S = 900  # a batch that nobody touched for so long writes no more


def gather(
    open_books: Callable[[], Any], db: Database, store: Store, run: Run, now: datetime | None = None
) -> list[int]:
    """Plan the documents of the days that are over; the ids of all batches of summaries that are still to be loaded.

    open_books  opens the books' client: the organisation's lock dates are asked once a day has something to post.
    Nothing new is planned in shadow, and nothing twice: what a day's document took belongs to it.
    """
    store = as_decided(db, store)
    if store.file.mode == "live" and (known := newest(db, store)) is not None:
        db.rollback()
        local = closed_at(now or datetime.now(UTC), known.zone)
        asked = {"closed_at": local, "today": local.date(), "settings_version": store.version}
        if _is_anything_waiting(db, store, asked):
            reference_id, reference = reference_for(open_books, db, store)
            with db.transaction():
                db.rows("summary.only_one", store=store.key)
                _plan(db, store, run, reference_id, reference, asked)
    own = {"store": store.key, "flow": FLOW, "run_id": run.run_id}
    found = [row["batch_id"] for row in db.rows("days.open_batches", **own, stale_after=LEFT_AFTER_S)]
    db.rollback()
    return found if store.file.mode == "live" else []


def _is_anything_waiting(db: Database, store: Store, asked: dict[str, Any]) -> bool:
    with db.transaction():
        db.run("summary.free_what_never_went", store=store.key, after_s=LEFT_AFTER_S)
        db.run(
            "summary.plan_anew",
            store=store.key,
            closed_at=asked["closed_at"],
            settings_version=asked["settings_version"],
        )
        return bool(db.value("summary.count_waiting", store=store.key, **asked))


def _plan(db: Database, store: Store, run: Run, reference_id: int, reference: Reference, asked: dict[str, Any]) -> None:
    policy = store.policy(digest_key(store))
    waiting = db.rows("summary.waiting", store=store.key, **asked)
    assigned = sorted_by_day(db, store, waiting, policy, reference)
    parts = [part for each in assigned for part in parts_of(each, policy)]
    if not parts:
        return
    batch_id = int(
        db.value(
            "batches.open_batch",
            store=store.key,
            flow=FLOW,
            run_id=run.run_id,
            extraction_id=None,
            settings_version=store.version,
            code_version=code_version(),
            reference_id=reference_id,
        )
    )
    held = _checked(parts, policy, reference)
    db.insert("days.store_summary", [_summary_row(store, each.summary, batch_id) for each in assigned])
    members = [
        (store.key, row["order_key"], row["kind"], row["part"], row["change"], part.summary.key, part.part)
        for part in parts
        for row in part.members
    ]
    db.insert("days.assign", members)
    db.insert("days.plan_members", [(batch_id, *member) for member in members])
    db.insert(
        "plans.store_plans",
        [planned_row(batch_id, store, place, part, held.get(part.summary.key)) for place, part in enumerate(parts)],
    )
    channels = sorted({part.summary.day.channel_id for part in parts})
    db.insert("plans.store_contacts", [contact_row(batch_id, contact_of_day(each, policy)) for each in channels])
    db.run("days.show_orders", batch_id=batch_id)
    db.run("batches.move_batch", batch_id=batch_id, state="transformed")


def _checked(parts: Sequence[Part], policy: Policy, reference: Reference) -> dict[int, Hold]:
    """What the check of what goes out keeps back, by the day's document: the same rules that each order met before."""
    largest = max((len(part.members) for part in parts), default=1)
    verdict = check_outgoing(
        [each for part in parts if (each := outgoing_of(part)) is not None],
        reference,
        liability_line=policy.tax_posting == "liability_line",
        tolerance_minor_units=policy.tolerance_minor_units * largest,
    )
    return {finding.order_key: finding.hold for finding in verdict.findings}


def _summary_row(store: Store, summary: Summary, batch_id: int) -> tuple[Any, ...]:
    day = summary.day
    return (
        *(store.key, summary.key, summary.kind, day.dated, day.channel_id, day.currency, day.types),
        *(summary.supplement, summary.number, batch_id),
    )
