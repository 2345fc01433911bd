"""What people decide about held orders, and what follows: the next run looks at them again (accounting.md 12, design 4.22).

A decision is a row: who, when, why, about which facts. It writes nothing into the books itself, so two people who decide
at once cannot post anything twice.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from include.database.connection import Database, Row, json_value
from include.domain.decision import RELAXED, RENUMBERED, choices_for, proposal_of
from include.domain.difference import GONE
from include.domain.order import Order
from include.domain.outcome import Hold, Skip
from include.domain.plan import Planned, plan_order
from include.domain.policy import Reference
from include.domain.rules import findings_of
from include.settings.overlay import RULES, overlaid
from include.settings.store import SettingsError, Store
from include.stages.orders.audit import append
from include.stages.orders.billing import link_contact
from include.stages.orders.parts import newest_order
from include.stages.orders.planning import Planner, planner_of_order
from include.stages.orders.run import look_again
from include.stages.reference import newest
from include.stages.settings import as_decided

RELEASED = "released"
_log = logging.getLogger(__name__)


class NotDecidable(Exception):  # noqa: N818 - it is an answer to a person, not an error of ours
    """The decision cannot be taken. The text says why, and what can be decided instead."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One held document: why, what may be decided, and what would be posted.

    row        kind, part, reason, sentence, remedy, figures, amount, currency, happened_at, recorded_at
    proposal   the documents that a release would post; empty where there is no proposal of ours
    """

    row: Row
    proposal: tuple[Planned, ...]
    choices: tuple[str, ...]


def waiting_of(db: Database, store: Store, order_key: int) -> list[Waiting]:
    """What waits for a person about one order, each with its proposed document."""
    store = as_decided(db, store)
    held = db.rows("decisions.held_of_order", store=store.key, subject_key=str(order_key))
    reference = newest(db, store)
    order = newest_order(db, store.key, order_key)
    planner = planner_of_order(db, store, reference, order_key) if reference is not None else None
    db.rollback()
    standing = planner.known.standing.get(order_key) if planner is not None else None
    stands = standing is not None and standing.status not in GONE
    deleted = _deleted_payments(db, store, order_key)
    found = []
    for row in held:
        if row["reason"] == "invoice_held":
            continue  # it follows its invoice
        gone = (row["kind"], row["part"], row["generation"]) in deleted and row["reason"] == "edited_in_xero"
        proposal: tuple[Planned, ...] = ()
        if planner is not None and isinstance(order, Order):
            proposal = _as_planned(planner, order, row) if gone else _proposal(planner, order, row)
        choices = choices_for(
            row["reason"], proposed=bool(proposal), stands=stands, kind=row["kind"], deleted=gone and bool(proposal)
        )
        found.append(Waiting(row, proposal, choices))
    return found


def _deleted_payments(db: Database, store: Store, order_key: int) -> set[tuple[str, str, int]]:
    """The order's payments that somebody deleted in Xero, by kind, part and generation."""
    links = db.rows("ledger.links", store=store.key, subject_kind="order", subject_keys=[str(order_key)])
    db.rollback()
    return {
        (row["kind"], row["part"], row["generation"])
        for row in links
        if row["kind"] == "payment" and row["status"] in GONE
    }


def _as_planned(planner: Planner, order: Order, row: Row) -> tuple[Planned, ...]:
    """The document as today's plan has it: what `post` enters once more."""
    plan = planner.plan(order)
    same = [each for each in plan.documents if (each.kind, each.part) == (row["kind"], row["part"])]
    return tuple(each for each in same if not isinstance(each.decision, Hold | Skip))


def _proposal(planner: Planner, order: Order, row: Row) -> tuple[Planned, ...]:
    if findings_of(order, planner.policy):
        return ()
    order = planner.as_first_taxed(order)
    standing, generation = planner.standing(order.id), planner.generation(order.id)
    # Without what was decided before, so that who decides again is shown the same.
    plan = plan_order(order, planner.policy, planner.reference, standing, generation)
    held = next((each for each in plan.documents if (each.kind, each.part) == (row["kind"], row["part"])), None)
    if held is None:
        return ()
    return proposal_of(order, planner.policy, planner.reference, standing, held)


def decide(
    db: Database,
    store: Store,
    order_key: int,
    choice: str,
    *,
    by: str,
    why: str,
    reason: str | None = None,
    seen: str | None = None,
) -> list[Row]:
    """Record a decision on what is held of an order, and have the next run carry it out; the documents it is about.

    choice   post, draft, accept, skip, or again (only look again: the cause was mended elsewhere)
    reason   only what is held for this reason; else all of it
    seen     what `stand_of` gave when the person read it: whatever was decided or found out since is told, and nothing is kept
    Raises NotDecidable where nothing is held, or where it cannot be decided so.
    """
    waiting = [each for each in waiting_of(db, store, order_key) if reason in (None, each.row["reason"])]
    if not waiting:
        raise NotDecidable(f"Nothing of order {order_key} waits for a person" + (f" as {reason}." if reason else "."))
    if choice != "again":
        for each in waiting:
            if choice not in each.choices:
                raise NotDecidable(
                    f"The {each.row['kind'].replace('_', ' ')} is held as {each.row['reason']}; it can be decided by "
                    f"{', '.join((*each.choices, 'again'))}, not by {choice}. {each.row['remedy']}"
                )
    with db.transaction():
        if seen is not None:
            db.run("decisions.one_at_a_time", store=store.key, subject_key=str(order_key))
            if seen != _stand(db, store, order_key):
                raise NotDecidable(_what_came_between(db, store, order_key, seen))
        for each in waiting:
            row = each.row
            # Only an invoice's number is spent: what hangs on it is posted anew under the same one.
            anew = choice in ("post", "draft") and row["reason"] in RENUMBERED and row["kind"] == "invoice"
            db.run(
                "decisions.decide",
                store=store.key,
                subject_key=str(order_key),
                **{name: row[name] for name in ("kind", "part", "reason", "source_hash")},
                choice=choice,
                generation=row["generation"] + 1 if anew else row["generation"],
                figures=json_value(row["figures"] or {}),
                by=by,
                why=why,
            )
            told = {"order": order_key, "kind": row["kind"], "part": row["part"], "reason": row["reason"]}
            append(db, store.key, None, "decided", {**told, "choice": choice, "by": by, "why": why})
        look_again(db, store, str(order_key), RELEASED, timedelta(0))
    return [each.row for each in waiting]


def stand_of(db: Database, store: Store, order_key: int) -> str:
    """What stands of an order now, as a text that a form carries: its last decision and its last outcome."""
    stand = _stand(db, store, order_key)
    db.rollback()
    return stand


def _stand(db: Database, store: Store, order_key: int) -> str:
    row = db.row("decisions.stand", store=store.key, subject_key=str(order_key)) or {}
    return f"{row.get('decision') or 0}.{row.get('posting') or 0}"


def _what_came_between(db: Database, store: Store, order_key: int, seen: str) -> str:
    last = db.row("decisions.last_of_order", store=store.key, subject_key=str(order_key))
    if last is not None and not seen.startswith(f"{last['decision_id']}."):
        return (
            f"{last['by']} decided order {order_key} meanwhile, at {last['at']:%H:%M} UTC: {last['choice']} ({last['why']}). "
            "Nothing of yours was kept; read it again."
        )
    return f"A run has looked at order {order_key} since you read it. Nothing was kept; read it again."


def choose_contact(db: Database, store: Store, order_key: int, contact_id: str, *, by: str, why: str) -> None:
    """Bill the order's customer to this contact of Xero from now on. Raises NotDecidable where no contact is in question."""
    held = db.rows("decisions.held_of_order", store=store.key, subject_key=str(order_key))
    row = next((each for each in held if each["reason"] in ("contact_ambiguous", "contact_archived")), None)
    batch = db.row("batches.batch", batch_id=row["batch_id"]) if row is not None else None
    contact = (
        db.row("decisions.contact_of", batch_id=row["batch_id"], contact_key=row["contact_key"])
        if row is not None
        else None
    )
    db.rollback()
    if batch is None or contact is None:
        raise NotDecidable(f"No contact of order {order_key} is in question.")
    with db.transaction():
        link_contact(db, batch, contact, contact_id, adopted=True)
        told = {"order": order_key, "contact_id": contact_id, "by": by, "why": why}
        append(db, store.key, None, "contact_chosen", told)
        look_again(db, store, str(order_key), RELEASED, timedelta(0))


def from_now_on(db: Database, store: Store, rule: str, value: Mapping[str, Any], *, by: str, why: str) -> int:
    """Map something from now on, and release what that explains; how many orders.

    rule, value   as `settings/overlay.py` names them. Raises NotDecidable where they do not fit the store's settings.
    """
    if rule not in RULES:
        raise NotDecidable(f"{rule!r} is none of what can be decided from now on: {', '.join(RULES)}.")
    before = as_decided(db, store)
    try:
        overlaid(before, [(rule, dict(value))])
    except SettingsError as error:
        raise NotDecidable(f"{error} It looks like {RULES[rule]}.") from None
    with db.transaction():
        db.run("decisions.override", store=store.key, rule=rule, value=json_value(dict(value)), by=by, why=why)
        append(db, store.key, None, "mapped_from_now_on", {"rule": rule, "value": dict(value), "by": by, "why": why})
    reference = newest(db, store)
    return len(release_explained(db, as_decided(db, store), reference)) if reference is not None else 0


def settings_changed(db: Database, store: Store) -> bool:
    """Whether the last run of the moving window went by other settings."""
    last = db.value("decisions.last_version", store=store.key)
    db.rollback()
    return last is not None and last != store.version


def release_explained(db: Database, store: Store, reference: Reference) -> list[int]:
    """Have the next run look at every held order that today's settings explain; their numbers."""
    released = []
    for row in db.rows("decisions.held_orders", store=store.key):
        key = int(row["order_key"])
        if _is_explained(db, store, reference, key):
            released.append(key)
    with db.transaction():
        for key in released:
            look_again(db, store, str(key), RELEASED, timedelta(0))
        if released:
            append(db, store.key, None, "released_by_settings", {"orders": released, "settings": store.version})
    _log.info("%s held orders of %s are explained by today's settings.", len(released), store.key)
    return released


def _is_explained(db: Database, store: Store, reference: Reference, order_key: int) -> bool:
    """Whether a document of the order that its plan held is not held for that reason any more."""
    order = newest_order(db, store.key, order_key)
    if not isinstance(order, Order):
        return False
    held = db.rows("decisions.held_of_order", store=store.key, subject_key=str(order_key))
    planner = planner_of_order(db, store, reference, order_key)
    broken = {hold.reason for hold in findings_of(order, planner.policy).values()}
    now = {
        (each.kind, each.part): each.decision.reason if isinstance(each.decision, Hold) else None
        for each in planner.plan(order).documents
    }
    return any(
        row["reason"] in _BY_SETTINGS
        and row["reason"] not in broken
        and now.get((row["kind"], row["part"])) != row["reason"]
        for row in held
    )


# Reasons that a setting may explain; all else is held by the order itself, or by what stands in Xero.
_BY_SETTINGS = frozenset(
    {*RELAXED, "account_dead", "tax_type_dead", "method_unmapped", "currency_unknown", "voucher_kind_unanswered"}
    | {"total_differs", "overpaid", "b2b_receipt"}
)
