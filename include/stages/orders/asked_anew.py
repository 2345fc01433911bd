"""Shop, ledger and Xero about some orders, asked just now and read only: what a resync compares.

Calls to Xero: invoices by id, their payments, credit notes by number, and invoices by reference, 40 documents a call; by
number for orders that have no invoice of ours. Nothing is written, here or there.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.difference import GONE, InBooks
from include.domain.document import CreditNote, Payment
from include.domain.found import Sides, Written
from include.domain.money import shown
from include.domain.order import Order
from include.domain.outcome import Hold, Skip
from include.domain.plan import Plan
from include.domain.policy import Reference
from include.settings.store import Store
from include.stages.orders.changing import written_over
from include.stages.orders.linking import EDITED
from include.stages.orders.looking import oldest
from include.stages.orders.planning import Planner, planner_of_order
from include.wire.bigcommerce_rows import Problem
from include.wire.xero_documents import digest
from include.wire.xero_found import in_books_of

Told = Order | tuple[Problem, ...] | None


@dataclass
class Anew:
    """What was asked. statuses: what Xero says of each document of ours now, by its id."""

    sides: dict[int, Sides] = field(default_factory=dict)
    plans: dict[int, Plan] = field(default_factory=dict)
    links: list[Row] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)


@dataclass
class _InXero:
    """What Xero shows: invoices and their raw form by id, payments by invoice, notes by id, and who bears which name."""

    invoices: dict[str, Mapping[str, Any]]
    payments: dict[str, list[Mapping[str, Any]]]
    notes: dict[str, Mapping[str, Any]]
    paid_back: set[str]  # payments of refunds that are DELETED: Xero is asked for all that were deleted since
    named: dict[str, list[InBooks]]


def ask_anew(
    books: Xero, db: Database, store: Store, reference: Reference, told: Mapping[int, Told], summed: frozenset[int]
) -> Anew:
    """Ask Xero about these orders and put it beside what shop and ledger say. Raises the clients' errors.

    told     each order as the shop says it now: None where it has it no more, problems where it cannot be read
    summed   the orders that the summary of their day brings into the books: their day is not asked about here
    """
    planners = {key: planner_of_order(db, store, reference, key) for key in told}
    links = _links_by_order(db, store, {key: planner.generation(key) for key, planner in planners.items()})
    asked = [key for key in told if key not in summed]
    there = _in_xero(books, asked, links, {key: planners[key].policy.prefix for key in asked})
    ours = _linked(db, [each.xero_id for found in there.named.values() for each in found])
    waiting = _waiting(db, store, list(told))
    anew = Anew(links=[link for each in links.values() for link in each])
    for key, order in told.items():
        plan = planners[key].plan(order) if isinstance(order, Order) else None
        if plan is not None:
            anew.plans[key] = plan
        if key in summed:
            anew.sides[key] = Sides(key, waits=waiting.get(key, ()))
            continue
        others = [each for each in there.named.get(str(key), []) if each.xero_id not in ours]
        anew.sides[key] = _sides(db, planners[key], key, order, plan, links[key], there, others, waiting.get(key, ()))
    anew.statuses |= {xero_id: str(each.get("Status") or "") for xero_id, each in there.invoices.items()}
    anew.statuses |= {xero_id: str(each.get("Status") or "") for xero_id, each in there.notes.items()}
    anew.statuses |= dict.fromkeys(there.paid_back, "DELETED")
    for payments in there.payments.values():
        anew.statuses |= {str(each["PaymentID"]): "DELETED" for each in payments if each.get("Status") == "DELETED"}
    return anew


def _links_by_order(db: Database, store: Store, generations: Mapping[int, int]) -> dict[int, list[Row]]:
    keys = [str(key) for key in generations]
    rows = db.rows("ledger.links", store=store.key, subject_kind="order", subject_keys=keys)
    db.rollback()
    found: dict[int, list[Row]] = {key: [] for key in generations}
    for row in rows:
        if row["generation"] == generations[int(row["subject_key"])]:
            found[int(row["subject_key"])].append(row)
    return found


def _in_xero(
    books: Xero, keys: Sequence[int], links: Mapping[int, Sequence[Row]], prefixes: Mapping[int, str]
) -> _InXero:
    of_kind: dict[str, list[Row]] = defaultdict(list)
    for key in keys:
        for link in links[key]:
            of_kind[link["kind"]].append(link)
    ids = [str(link["xero_id"]) for link in of_kind["invoice"]]
    payments: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for payment in books.payments_of(ids) if ids else []:
        payments[str(payment["Invoice"]["InvoiceID"])].append(payment)
    numbers = sorted({str(link["number"]) for link in of_kind["credit_note"] if link["number"]})
    invoices = {str(each["InvoiceID"]): each for each in (books.invoices_by_id(ids) if ids else [])}
    notes = {str(each["CreditNoteID"]): each for each in (books.credit_notes_numbered(numbers) if numbers else [])}
    paid_out = of_kind["refund_payment"]
    deleted = {str(each["PaymentID"]) for each in (books.payments_deleted_since(oldest(paid_out)) if paid_out else [])}
    return _InXero(invoices, payments, notes, deleted, _bearing(books, keys, links, prefixes))


def _bearing(
    books: Xero, keys: Sequence[int], links: Mapping[int, Sequence[Row]], prefixes: Mapping[int, str]
) -> dict[str, list[InBooks]]:
    """Live invoices that bear an order's name as their reference, or its number where our ledger has none; by order."""
    names = {name: str(key) for key in keys for name in (str(key), f"#{key}", f"{prefixes[key]}{key}")}
    unlinked = [f"{prefixes[key]}{key}" for key in keys if not any(link["kind"] == "invoice" for link in links[key])]
    found = [*books.invoices_referring(list(names)), *(books.invoices_numbered(unlinked) if unlinked else [])]
    bearing: dict[str, list[InBooks]] = defaultdict(list)
    for each in {there.xero_id: there for there in map(in_books_of, found)}.values():
        key = names.get(each.reference) or names.get(each.number)
        if key is not None and each.status not in GONE:
            bearing[key].append(each)
    return bearing


def _linked(db: Database, ids: Sequence[str]) -> set[str]:
    found = {str(row["xero_id"]) for row in db.rows("ledger.links_by_id", xero_ids=list(ids))} if ids else set()
    db.rollback()
    return found


def _waiting(db: Database, store: Store, keys: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    rows = db.rows("resync.waiting", store=store.key, subject_keys=[str(key) for key in keys])
    db.rollback()
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for row in rows:
        key = int(row["subject_key"])
        found[key] = (*found.get(key, ()), (row["outcome"], row["sentence"] or ""))
    return found


def _sides(
    db: Database,
    planner: Planner,
    key: int,
    order: Told,
    plan: Plan | None,
    links: Sequence[Row],
    there: _InXero,
    others: Sequence[InBooks],
    waits: tuple[tuple[str, str], ...],
) -> Sides:
    invoice = next((link for link in links if link["kind"] == "invoice"), None)
    raw = there.invoices.get(str(invoice["xero_id"])) if invoice is not None else None
    found = in_books_of(raw) if raw is not None else None
    listed = there.payments.get(str(invoice["xero_id"]), []) if invoice is not None else []
    live = {str(each["PaymentID"]): each for each in listed if each.get("Status") != "DELETED"}
    payments = [link for link in links if link["kind"] == "payment"]
    known = {str(link["xero_id"]) for link in payments}
    decision = plan.documents[0].decision if plan is not None else None
    accepted = plan is not None and planner.accepts(key, plan.documents[0])
    return Sides(
        order_key=key,
        currency=(invoice["currency"] if invoice is not None else plan.currency if plan is not None else "") or "",
        in_shop=order is not None,
        is_owed=decision is not None and not isinstance(decision, Skip | Hold),
        changed=plan is not None and _changed(plan, links),
        invoice=Written(str(invoice["number"]), invoice["amount"] or Decimal(0)) if invoice is not None else None,
        there=found,
        edit="" if accepted else _edit(db, invoice, found, raw),
        payments=tuple(
            Written(
                f"{invoice['number'] if invoice else ''}/{link['part']}", link["amount"], str(link["xero_id"]) in live
            )
            for link in payments
        ),
        paid_out=tuple(
            Written(f"refund {link['part']}", link["amount"], str(link["xero_id"]) not in there.paid_back)
            for link in links
            if link["kind"] == "refund_payment"
        ),
        strangers=tuple(Decimal(str(each["Amount"])) for xero_id, each in live.items() if xero_id not in known),
        refunds=(
            *_refunds(links, there),
            *(_owed_refunds(plan, links) if invoice is not None and plan is not None else ()),
        ),
        others=tuple(others),
        waits=waits,
    )


def _refunds(links: Sequence[Row], there: _InXero) -> tuple[Written, ...]:
    return tuple(
        Written(str(link["number"]), link["amount"], _is_live(there.notes.get(str(link["xero_id"]))))
        for link in links
        if link["kind"] == "credit_note"
    )


def _owed_refunds(plan: Plan, links: Sequence[Row]) -> tuple[Written, ...]:
    """Credit notes that today's plan posts and that our ledger does not have."""
    there = {link["part"] for link in links if link["kind"] == "credit_note"}
    return tuple(
        Written(each.decision.number, each.decision.total, is_live=False)
        for each in plan.documents
        if isinstance(each.decision, CreditNote) and each.part not in there
    )


def _is_live(document: Mapping[str, Any] | None) -> bool:
    return document is not None and document.get("Status") not in GONE


def _edit(db: Database, link: Row | None, there: InBooks | None, raw: Mapping[str, Any] | None) -> str:
    """What a person changed in our invoice, in words; empty where it is as we wrote it."""
    if link is None or there is None or raw is None or there.status in GONE:
        return ""
    if link["amount"] is not None and there.total != link["amount"]:
        return f"We wrote {shown(link['amount'])}; {there.number} now says {shown(there.total)} in Xero."
    hold = None if link["adopted"] else written_over(db, link, raw)
    return hold.sentence if hold is not None else ""


def _changed(plan: Plan, links: Sequence[Row]) -> bool:
    """Whether the shop says otherwise than when a document was written. Without a digest nobody knows."""
    kept = {(link["kind"], link["part"]): str(link["source_hash"]).removeprefix(EDITED) for link in links}
    planned = {(each.kind, each.part): digest(each.facts) for each in plan.documents}
    paid_since = any(
        isinstance(each.decision, Payment) and each.decision.not_before is None and (each.kind, each.part) not in kept
        for each in plan.documents
    )
    takes_money = any(link["kind"] == "invoice" and link["status"] != "DRAFT" for link in links)
    otherwise = any(was and planned.get(document, was) != was for document, was in kept.items())
    return otherwise or (takes_money and paid_since)
