"""Ordinary orders through the core alone: what the shop's HTTP would say, read, planned, and compared with its word."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from include.clients.answers import json_of
from include.commands.ordinary.booked import (
    TAX_LINE,
    Booked,
    BookedLine,
    Credited,
    Reason,
    Result,
    added,
    differences,
    paid_at,
)
from include.commands.ordinary.settings import store_of
from include.domain.contact import Resolution, resolve
from include.domain.difference import Act, InBooks, act_on, act_on_cancelled
from include.domain.document import CreditNote, DocumentLine, Invoice, Payment, RefundPayment, Standing
from include.domain.money import ZERO
from include.domain.outcome import Hold, Skip
from include.domain.plan import Plan, parts_needed, plan_order
from include.domain.policy import Policy, Reference
from include.domain.rules import findings_of
from include.sandbox.bigcommerce.orders import stated
from include.sandbox.bigcommerce.shop import Kept, Shop
from include.sandbox.ground import Answer, Clock
from include.sandbox.order_builder import JsonObject
from include.sandbox.ordinary import Organisation, Sale
from include.sandbox.xero.books import Books
from include.stages.orders.parts import read_order
from include.wire.xero_found import known_of
from include.wire.xero_reference import reference_of

INCLUDED = frozenset({"consignments.line_items", "fees"})
ENVELOPED = ("transactions", "refunds")


@dataclass(frozen=True, slots=True)
class Terms:
    """What every order of an organisation is planned by."""

    organisation: Organisation
    policy: Policy
    reference: Reference


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at an order came to."""

    outcome: str
    booked: Booked | None
    reasons: tuple[Reason, ...] = ()
    found: InBooks | None = None
    payments: Mapping[str, Payment] = field(
        default_factory=dict
    )  # by their part, which names a payment from look to look


def through_the_core(organisation: Organisation, sales: Iterable[Sale], folder: Path) -> Iterator[Result]:
    """Each sale, looked at once or twice. The folder takes the store's file."""
    terms = Terms(organisation, store_of(organisation, folder).policy(b"ordinary"), _reference(organisation))
    for sale in sales:
        looked = Looked("posted", None)
        for bundle in sale.bundles():
            looked = _look(bundle, looked, sale, terms)
        wrong = differences(sale, looked.outcome, looked.booked, organisation)
        yield Result(sale, looked.outcome, looked.booked, looked.reasons, wrong)


def _reference(organisation: Organisation) -> Reference:
    """The organisation as the sandbox's Xero would state it."""
    books = Books(Clock())
    books.set_up(**organisation.for_xero())
    return reference_of(
        {
            "organisation": books.organisation,
            "accounts": books.accounts,
            "tax_rates": list(books.tax_rates.values()),
            "currencies": books.currencies,
            "items": [],
        }
    )


def _look(bundle: JsonObject, before: Looked, sale: Sale, terms: Terms) -> Looked:
    """The order as it is now, against what an earlier look left in the books."""
    order = _read(bundle, terms, drafted=before.found is not None and before.found.status == "DRAFT")
    if isinstance(order, tuple):
        return replace(before, outcome="held", reasons=(Reason(order[0].reason, order[0].sentence),))
    broken = list(findings_of(order, terms.policy).values())
    if broken:
        return replace(before, outcome="held", reasons=_reasons(broken))
    standing = (
        None if before.booked is None else Standing(before.booked.dated, before.found.status if before.found else "")
    )
    plan = plan_order(order, terms.policy, terms.reference, standing)
    invoice = plan.documents[0].decision
    if isinstance(invoice, Hold):
        return replace(before, outcome="held", reasons=_reasons([invoice]))
    if before.found is not None:
        verdict = _verdict(invoice, before.found)
        if isinstance(verdict, Hold):
            return replace(before, outcome="held", reasons=_reasons([verdict]))
    elif plan.contact is not None:
        problem = _billed(plan, sale)
        if problem.action not in ("use", "create"):
            return Looked("held", None, (Reason(f"contact_{problem.action}", problem.words),))
    if isinstance(invoice, Skip):
        return Looked("skipped", None, (Reason(invoice.reason, invoice.sentence),))
    assert isinstance(invoice, Invoice)
    holds = [each.decision for each in plan.documents if isinstance(each.decision, Hold)]
    payments = dict(before.payments)
    for each in plan.documents:
        if isinstance(each.decision, Payment) and each.part not in payments:
            if sum((known.amount for known in payments.values()), ZERO) + each.decision.amount > invoice.total:
                holds.append(
                    Hold("overpaid", f"{each.decision.amount} more, under part {each.part}, would be too much.")
                )
            else:
                payments[each.part] = each.decision
    paid = sum((known.amount for known in payments.values()), ZERO)
    found = InBooks(str(order.id), invoice.number, invoice.status, invoice.total, invoice.tax, paid, ZERO)
    booked = _booked(invoice, plan, payments.values())
    return Looked("held" if holds else "posted", booked, _reasons(holds), found, payments)


def _read(bundle: JsonObject, terms: Terms, *, drafted: bool) -> Any:
    """The order with the parts that its books depend on, and no others: as extraction reads it."""
    shop = Shop(Clock())
    shop.put(bundle)
    kept = shop.get(int(bundle["order"]["id"]))
    assert kept is not None  # it was put in
    content: dict[str, Any] = {"order": _through_json(stated(shop, kept, INCLUDED))}
    order = read_order(dict(content))
    while not isinstance(order, tuple):
        needed = parts_needed(order, terms.policy, terms.reference, drafted=drafted) - set(content)
        if not needed:
            break
        content |= {name: _part(kept, name) for name in needed}
        order = read_order(dict(content))
    return order


def _part(kept: Kept, name: str) -> Any:
    rows = kept.rows(name)
    return _through_json({"data": rows, "meta": {}} if name in ENVELOPED else rows)


def _through_json(content: Any) -> Any:
    return json_of(Answer(body=content).encoded())


def _billed(plan: Plan, sale: Sale) -> Resolution:
    """Whom the order is billed to, where something happened to the shopper's contact in Xero."""
    assert plan.contact is not None
    if sale.contact is None:
        return resolve(plan.contact, None, ())
    books = Books(Clock())
    email = sale.shopper.home.email
    number = plan.contact.number if sale.shopper.customer or sale.contact.after_an_order else ""
    numbered = {"ContactNumber": number} if number else {}
    contact = books.add_contact({"Name": sale.shopper.shown_as, "EmailAddress": email, **numbered})
    if sale.contact.kind == "merged":
        winner = books.add_contact({"Name": f"{sale.shopper.shown_as} Trading", "EmailAddress": email})
        books.merge_contact(contact, winner)
    else:
        books.archive_contact(contact)
    linked = contact if sale.contact.after_an_order else None
    return resolve(plan.contact, linked, tuple(known_of(each) for each in books.contacts()))


def _verdict(invoice: object, found: InBooks) -> Act | Hold:
    if isinstance(invoice, Skip):
        return act_on_cancelled(found, invoice.reason, closed=False)
    assert isinstance(invoice, Invoice)
    return act_on(invoice, found, None, closed=False)


def _booked(invoice: Invoice, plan: Plan, payments: Iterable[Payment]) -> Booked:
    """What the books show once the plan is entered."""
    decisions = [each.decision for each in plan.documents]
    notes = [each for each in decisions if isinstance(each, CreditNote)]
    out = [each for each in decisions if isinstance(each, RefundPayment)]
    return Booked(
        total=invoice.total,
        tax=invoice.tax,
        currency=invoice.currency,
        dated=invoice.invoice_date,
        lines=_lines(invoice.lines, invoice),
        paid=added((paid_at(each.account, each.payment_date), each.amount) for each in payments),
        credited=tuple(
            Credited(
                note.total,
                note.tax,
                _lines(note.lines, note),
                added((each.account, each.amount) for each in out if each.credit_note_number == note.number),
            )
            for note in notes
        ),
    )


def _lines(lines: Sequence[DocumentLine], document: Invoice | CreditNote) -> tuple[BookedLine, ...]:
    types = document.line_amount_types
    return tuple(
        BookedLine(line.account, line.tax_type, line.gross(types), line.description.removeprefix(TAX_LINE))
        for line in lines
    )


def _reasons(holds: Iterable[object]) -> tuple[Reason, ...]:
    return tuple(Reason(hold.reason, hold.sentence) for hold in holds if isinstance(hold, Hold))
