"""Extract: what the shop says of each order, kept byte for byte (reference bigcommerce.md 3).

A window is read by keyset, page by page, each page committed with its progress; a killed extraction goes on where it
stopped. The watermark moves only when the whole window is stored. What is due and what earlier runs left open is
taken along.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from include.clients.bigcommerce import BigCommerce, RawPart, Window
from include.database.connection import Database, Row
from include.domain.order import Order
from include.domain.plan import PartName, parts_needed
from include.domain.policy import Policy, Reference
from include.settings.store import Store
from include.stages.orders.parts import read_order
from include.stages.orders.run import ORDERS_A_BATCH_MAX, Run, code_version, digest_key
from include.stages.reference import reference_for
from include.wire.bigcommerce_order import Problem

IN_FLIGHT = 3  # requests at once to one shop (reference bigcommerce.md 2)
STALE_AFTER_S = 900  # a batch untouched for so long was left by a run that died
LINES_INCLUDED_MAX = 50  # of a consignment in the list (reference bigcommerce.md 0.7)

OpenBooks = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every step of an extraction needs."""

    shop: BigCommerce
    db: Database
    store: Store
    run: Run
    policy: Policy
    reference_id: int
    reference: Reference


def extract(shop: BigCommerce, open_books: OpenBooks, db: Database, store: Store, run: Run) -> list[int]:
    """Store what changed (or was placed) in the run's window; the ids of all batches that this run works on.

    open_books  opens the books' client, to ask what the organisation is now.
    Raises the clients' errors: the task is tried again and goes on where it stopped.
    """
    reference_id, reference = reference_for(open_books, db, store)
    desk = _Desk(shop, db, store, run, store.policy(digest_key(store)), reference_id, reference)
    if run.window is None:
        _take_due(desk)
    _read_window(desk)
    own = [
        row["batch_id"] for row in db.rows("batches.batches_of_run", store=store.key, flow=run.flow, run_id=run.run_id)
    ]
    left = db.rows("batches.left_open", store=store.key, flow=run.flow, run_id=run.run_id, stale_after=STALE_AFTER_S)
    db.rollback()
    return sorted({*(row["batch_id"] for row in left), *own})


def _read_window(desk: _Desk) -> None:
    extraction = _extraction(desk)
    window = Window(extraction["window_start"], extraction["window_end"])
    by = extraction["window_by"]
    batch_id, orders = _current_batch(desk, extraction["extraction_id"])
    for page in desk.shop.orders(window, by=by, after_id=extraction["last_order_id"]):
        if orders + len(page) > ORDERS_A_BATCH_MAX:
            _finish(desk, batch_id)
            batch_id, orders = _open_batch(desk, extraction["extraction_id"]), 0
        before = desk.shop.calls
        parts = _with_needed_parts(desk, page)
        with desk.db.transaction():
            _keep(desk, batch_id, parts)
            last = max(_id_of(part) for part in page)
            desk.db.run("batches.note_progress", extraction_id=extraction["extraction_id"], last_order_id=last)
            desk.db.run("batches.add_calls", batch_id=batch_id, calls=desk.shop.calls - before + 1)
        orders += len(page)
    with desk.db.transaction():
        desk.db.run("batches.move_batch", batch_id=batch_id, state="extracted")
        desk.db.run("batches.complete_extraction", extraction_id=extraction["extraction_id"])
        if desk.run.window is None:
            desk.db.run("batches.move_watermark", store=desk.store.key, flow=_cursor(desk), moment=window.end)


def _extraction(desk: _Desk) -> Row:
    """This run's unfinished extraction, or a new one over the window that is due."""
    own = {"store": desk.store.key, "flow": desk.run.flow, "run_id": desk.run.run_id}
    with desk.db.transaction():
        found = desk.db.row("batches.unfinished_extraction", **own)
        if found is None:
            window = desk.run.window or _moving_window(desk)
            found = desk.db.row(
                "batches.open_extraction",
                **own,
                window_by="modified" if desk.run.window is None else "created",
                window_start=window.start,
                window_end=window.end,
            )
    assert found is not None  # an INSERT .. RETURNING always has its row
    return found


def _moving_window(desk: _Desk) -> Window:
    """From the watermark less an overlap up to now less a lag: whether bounds are inclusive is not known."""
    file = desk.store.file
    end = datetime.now(UTC) - timedelta(seconds=file.window.lag_seconds)
    moment = desk.db.value("batches.watermark", store=desk.store.key, flow=_cursor(desk))
    first = desk.policy.start_from or end
    start = first if moment is None else moment - timedelta(minutes=file.window.overlap_minutes)
    return Window(min(start, end), end)


def _cursor(desk: _Desk) -> str:
    """A shadow run has a cursor of its own, so that the first live run begins where the books do."""
    return f"{desk.run.flow}/shadow" if desk.store.file.mode == "shadow" else desk.run.flow


def _current_batch(desk: _Desk, extraction_id: int) -> tuple[int, int]:
    found = desk.db.row("batches.extracting_batch", extraction_id=extraction_id)
    desk.db.rollback()
    return (found["batch_id"], found["orders"]) if found else (_open_batch(desk, extraction_id), 0)


def _open_batch(desk: _Desk, extraction_id: int | None) -> int:
    with desk.db.transaction():
        return int(
            desk.db.value(
                "batches.open_batch",
                store=desk.store.key,
                flow=desk.run.flow,
                run_id=desk.run.run_id,
                extraction_id=extraction_id,
                settings_version=desk.store.version,
                code_version=code_version(),
                reference_id=desk.reference_id,
            )
        )


def _finish(desk: _Desk, batch_id: int) -> None:
    with desk.db.transaction():
        desk.db.run("batches.move_batch", batch_id=batch_id, state="extracted")


def _take_due(desk: _Desk) -> None:
    """Orders that somebody asked to look at again, fetched one by one into a batch of their own."""
    now = datetime.now(UTC)
    waiting = desk.db.value("batches.count_due", store=desk.store.key, now=now)
    desk.db.rollback()
    if not waiting:
        return
    batch_id = _open_batch(desk, None)
    with desk.db.transaction():
        claimed = desk.db.rows(
            "batches.claim_due", store=desk.store.key, batch_id=batch_id, now=now, limit=ORDERS_A_BATCH_MAX
        )
        keys = sorted({int(row["subject_key"]) for row in claimed})
        found = [part for part in (desk.shop.order(key) for key in keys) if part is not None]
        _keep(desk, batch_id, _with_needed_parts(desk, found))
        desk.db.run("batches.move_batch", batch_id=batch_id, state="extracted")


@dataclass(slots=True)
class _Gathered:
    """An order of the page with what was read of it so far."""

    order_id: int
    head: RawPart
    content: dict[str, Any]
    parts: list[RawPart]
    order: Order | tuple[Problem, ...]
    needed: frozenset[PartName]
    cut: bool


def _with_needed_parts(desk: _Desk, page: Sequence[RawPart]) -> list[_Gathered]:
    """Each order of the page with the parts that its books depend on. Most need none; the others a few at a time."""
    looked = [_first_look(desk, part) for part in page]
    wanting = [each for each in looked if each.cut or each.needed]
    if wanting:
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            list(pool.map(lambda each: _gather(desk, each), wanting))
    return looked


def _first_look(desk: _Desk, head: RawPart) -> _Gathered:
    content: dict[str, Any] = {"order": head.content}
    cut = _lines_are_cut(head.content)
    order = () if cut else read_order(dict(content))
    needed = parts_needed(order, desk.policy, desk.reference) if isinstance(order, Order) else frozenset()
    return _Gathered(_id_of(head), head, content, [], order, needed, cut)


def _gather(desk: _Desk, each: _Gathered) -> None:
    """Read what the order needs, and what that makes needed in turn."""
    if each.cut:
        each.parts += _add(each.content, desk.shop.products(each.order_id))
        each.order = read_order(dict(each.content))
    asked: set[PartName] = set()
    while isinstance(each.order, Order):
        needed = parts_needed(each.order, desk.policy, desk.reference) - asked
        if not needed:
            break
        for name in sorted(needed):
            asked.add(name)
            read: Callable[[int], list[RawPart]] = getattr(desk.shop, name)
            each.parts += _add(each.content, read(each.order_id))
        each.order = read_order(dict(each.content))


def _add(content: dict[str, Any], parts: Iterable[RawPart]) -> list[RawPart]:
    kept = list(parts)
    content.update({part.name: part.content for part in kept})
    return kept


def _lines_are_cut(order: Any) -> bool:
    """Whether the list does not hold all lines: a consignment is cut at 50, or its units do not make the order's."""
    consignments = order.get("consignments") if isinstance(order, dict) else None
    if not isinstance(consignments, dict):
        return True
    try:
        email = consignments.get("email")
        groups = [group for kind in ("shipping", "pickups", "downloads") for group in consignments.get(kind) or ()]
        groups += (email.get("gift_certificates") or ()) if isinstance(email, dict) else ()
        lines = [line for group in groups if isinstance(group, dict) for line in group.get("line_items") or ()]
        cut = any(
            "__warning__" in group or len(group.get("line_items") or ()) >= LINES_INCLUDED_MAX for group in groups
        )
        units = sum(int(line["quantity"]) for line in lines)
        return cut or units != int(order["items_total"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return True


def _keep(desk: _Desk, batch_id: int, orders: Sequence[_Gathered]) -> None:
    rows, seen = [], []
    for each in orders:
        columns = _columns(each.order)
        for part in (each.head, *each.parts):
            sha256 = hashlib.sha256(part.body).digest()
            facts = columns if part is each.head else (None,) * 5
            rows.append((desk.store.key, each.order_id, part.name, sha256, part.body, *facts))
            seen.append((batch_id, desk.store.key, each.order_id, part.name, sha256))
    desk.db.insert("batches.store_parts", rows)
    desk.db.insert("batches.put_into_batch", seen, template="(%s, %s, %s::bigint, %s, %s::bytea)")


def _columns(order: Order | tuple[Problem, ...]) -> tuple[Any, ...]:
    """The few facts that people query beside the raw body; none where the order cannot be read."""
    if not isinstance(order, Order):
        return (None,) * 5
    return (order.created_at, order.modified_at, order.status_id, order.total_inc, order.currency)


def _id_of(part: RawPart) -> int:
    return int(part.content["id"])
