"""Load's side of a summary: an order's documents are kept as members of their day instead of being sent.

The caller holds the order's lock. An order that is in the books by itself stays so for ever. One that waits for the end
of its day may still change, and is kept as the shop says today. One whose day was planned is a member for ever: what
comes after is a supplement, or held where a person must decide (accounting.md 7 and 10).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from include.database.connection import Row
from include.domain.outcome import Hold
from include.stages.orders.desk import RETRY_AFTER, Desk
from include.stages.orders.posting import as_planned, failed, held, posted
from include.stages.orders.run import look_again
from include.stages.summary.changing import Kept, sale_of, settled_with
from include.stages.summary.kept import member_in, row_of


def without_members(desk: Desk, rows: Sequence[Row]) -> list[Row]:
    """The documents that are entered by themselves; those of a summary are kept, and have their word."""
    keys = sorted({int(row["subject_key"]) for row in rows})
    left: list[Row] = []
    with desk.db.transaction():
        desk.db.rows("summary.lock_members", store=desk.store.key, order_keys=keys)
        found = desk.db.rows("summary.members", store=desk.store.key, order_keys=keys)
        members = {key: list(group) for key, group in groupby(found, key=lambda row: str(row["order_key"]))}
        for key, group in groupby(rows, key=lambda row: str(row["subject_key"])):
            left += _of_order(desk, key, list(group), members.get(key, []))
    return left


def _of_order(desk: Desk, key: str, rows: list[Row], members: list[Row]) -> list[Row]:
    marked = any(row["member"] is not None for row in rows)
    if (key, "invoice", "1") in desk.links or not (marked or members):
        return rows
    fixed = [row for row in members if row["summary_key"] is not None]
    if any(member["revision"] > rows[0]["revision"] for member in members):
        _repeat(desk, rows, members)  # an older word of the shop overwrites nothing
    elif fixed and not any(row["kind"] == "invoice" for row in fixed):
        _put_off(desk, key, rows)  # its sale was kept out, and what hung on it is not free yet
    elif fixed:
        _of_a_planned_day(desk, key, rows, fixed, {(row["kind"], row["part"]): row["change"] for row in members})
    elif marked:
        _keep(desk, key, [(row, Kept(member_in(row["member"]), 1)) for row in rows if row["member"] is not None])
        for row in rows:
            if row["member"] is None:
                as_planned(desk.db, row)
    else:
        desk.db.run("summary.withdraw", store=desk.store.key, order_key=int(key), kept=[])
        return rows
    return []


def _of_a_planned_day(
    desk: Desk, key: str, rows: Sequence[Row], fixed: Sequence[Row], changes: Mapping[tuple[str, str], int]
) -> None:
    """An order whose day was planned already, in the books or on its way there: only what is new may follow it.

    changes   which change of the order each known member belongs to: money goes to the invoice that it pays
    """
    if any(row["decision"] == "post" and row["member"] is None and row["kind"] != "allocation" for row in rows):
        _put_off(desk, key, rows)
        return
    sale = sale_of(fixed)
    kept: list[tuple[Row, Kept]] = []
    undecided = False
    supplement = 1
    for row in rows:
        verdict = settled_with(desk.store.file.policies.summary_from, sale, row, rows, undecided=undecided)
        match verdict:
            case Hold():
                held(desk.db, row, verdict)
                undecided = undecided or row["kind"] == "invoice"
            case Kept(member, change) if row["kind"] == "invoice":
                supplement = change
                kept.append((row, verdict))
            case Kept(member, _):
                kept.append((row, Kept(member, changes.get((row["kind"], row["part"]), supplement))))
            case None:
                as_planned(desk.db, row)
                undecided = undecided or (row["kind"] == "invoice" and row["decision"] == "hold")
            case _:
                _stands(desk, row, verdict)
    _keep(desk, key, kept)


def _keep(desk: Desk, key: str, kept: Sequence[tuple[Row, Kept]]) -> None:
    names = [f"{row['kind']} {row['part']} {each.change}" for row, each in kept]
    desk.db.run("summary.withdraw", store=desk.store.key, order_key=int(key), kept=names)
    desk.db.insert("summary.keep", [row_of(row, each.member, each.change, desk.batch) for row, each in kept])
    for row, each in kept:
        _waits(desk, row, each.member.day.dated, each.member.not_before)


def _repeat(desk: Desk, rows: Iterable[Row], members: Sequence[Row]) -> None:
    known = {(member["kind"], member["part"]): member for member in members}
    for row in rows:
        member = known.get((row["kind"], row["part"]))
        if member is not None:
            _stands(desk, row, member)
        elif row["decision"] != "post":
            as_planned(desk.db, row)
        else:
            failed(desk.db, row, "busy_elsewhere", "A newer state of the order was recorded before.")
            look_again(desk.db, desk.store, row["subject_key"], "busy_elsewhere", RETRY_AFTER)


def _stands(desk: Desk, row: Row, member: Row) -> None:
    """It is as it was: in the books, or on its way there."""
    if member["xero_id"] is not None:
        words = f"Posted within {member['number']}."
        posted(desk.db, row, str(member["xero_id"]), member["number"], unchanged=True, sentence=words)
    else:
        _waits(desk, row, member["dated"], member["not_before"])


def _waits(desk: Desk, row: Row, dated: date, not_before: date | None) -> None:
    if not_before is not None and not_before > dated:
        held(desk.db, row, Hold("waits_for_clearing", f"It is added to the summary of {dated} on {not_before}."))
    else:
        held(desk.db, row, Hold("waits_for_summary", f"It enters the books with the summary of {dated}."))


def _put_off(desk: Desk, key: str, rows: Iterable[Row]) -> None:
    """It became a member after this plan was made: the next run plans it as one."""
    for row in rows:
        failed(desk.db, row, "busy_elsewhere", "Another run made it a part of its day's summary.")
    look_again(desk.db, desk.store, key, "busy_elsewhere", RETRY_AFTER)
