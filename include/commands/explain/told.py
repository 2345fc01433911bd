"""A plan as JSON: what enters the books, line by line, with the reason in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from include.commands.explain.case import Case
from include.domain.contact import Resolution, hold_of, resolve
from include.domain.difference import Act, act_on, act_on_cancelled, adoptable
from include.domain.document import (
    Allocation,
    CreditNote,
    DocumentLine,
    Invoice,
    LineAmountTypes,
    Payment,
    RefundPayment,
)
from include.domain.invoice import closed_to_of
from include.domain.money import ZERO, shown
from include.domain.outcome import REASONS, Hold, OutcomeName, Skip, worst
from include.domain.plan import Plan, Planned, plan_order
from include.domain.rules import findings_of

Told = dict[str, Any]


def told(case: Case) -> Told:
    """What the books must show of the case's order, with the keys of an expected file, and why."""
    if isinstance(case.order, tuple):
        problem = case.order[0]
        why = " ".join(each.sentence for each in case.order)
        return _held(case, Hold(problem.reason, why, {"field": problem.field}))
    broken = findings_of(case.order, case.policy)
    if broken:
        return _held(case, next(iter(broken.values())))
    plan = plan_order(case.order, case.policy, case.reference, case.standing)
    contact = resolve(plan.contact, case.contact_link, case.contacts) if plan.contact is not None else None
    problem_with_contact = hold_of(contact) if contact is not None else None
    if problem_with_contact is not None:
        return _held(case, problem_with_contact)
    return _settled(case, plan, contact)


def _settled(case: Case, plan: Plan, contact: Resolution | None) -> Told:
    """The plan's documents against what the books held before."""
    first, rest = plan.documents[0], plan.documents[1:]
    invoice = first.decision
    found = case.invoice
    outcomes: list[OutcomeName] = []
    holds: list[Hold] = []
    words = [word for word in first.words if word]
    shown_invoice: Told | None = None
    already = ZERO

    if isinstance(invoice, Invoice):
        verdict = None
        if found is not None:
            closed = _closed(case)
            # A reference that is not this order's: somebody else's document stands under our number.
            foreign = (
                adoptable(invoice, found, None) if found.reference and found.reference != invoice.reference else None
            )
            verdict = foreign or act_on(invoice, found, None, closed)
            already = found.amount_paid
        match verdict:
            case Hold():
                return _held(case, verdict)
            case Act(verb="nothing"):
                outcomes.append("unchanged")
                words.append(verdict.words)
            case Act() if found is not None and found.total == invoice.total and found.status == invoice.status:
                outcomes.append("unchanged")
                words.append("the books already show it")
            case _:
                outcomes.append("posted")
                shown_invoice = _invoice(invoice)
    elif isinstance(invoice, Hold):
        return _held(case, invoice, rest)
    elif isinstance(invoice, Skip):
        if found is not None and invoice.reason in ("cancelled_never_paid", "declined", "archived"):
            verdict = act_on_cancelled(found, invoice.reason, _closed(case))
            if isinstance(verdict, Hold):
                return _held(case, verdict)
            if any(isinstance(planned.decision, CreditNote) for planned in rest):
                return _credited(case, verdict.words, rest)
            gone = {"void": "VOIDED", "delete": "DELETED"}.get(verdict.verb)
            answer = _answer(case, "posted" if gone else "unchanged", None, f"{verdict.words}.")
            return answer | {"invoice": {"number": found.number, "status": gone} if gone else None}
        outcomes.append("skipped")
        words.append(invoice.sentence or REASONS[invoice.reason].sentence)

    draft = isinstance(invoice, Invoice) and invoice.status == "DRAFT" and (found is None or found.status == "DRAFT")
    payments, credit_notes = [], []
    paid = allocated = ZERO
    for planned in rest:
        decision = planned.decision
        known = planned.amount if planned.kind == "payment" else None
        locked = isinstance(decision, Hold) and decision.reason == "locked_period"
        if known is not None and already >= known and (isinstance(decision, Payment) or locked):
            already -= known
            outcomes.append("unchanged")
            continue
        if draft and isinstance(decision, Payment):
            outcomes.append("skipped")
            words.append(f"{shown(decision.amount)} waits: {REASONS['waits_for_approval'].sentence}")
            continue
        outcomes.append(_outcome(planned))
        match decision:
            case Payment():
                payments.append(_payment(decision))
                paid += decision.amount
                words.append(f"{shown(decision.amount)} by {decision.tender} to account {decision.account}")
            case CreditNote():
                credit_notes.append(_credit_note(decision))
            case RefundPayment():
                credit_notes[-1]["refund_payments"].append({"amount": shown(decision.amount), "from": decision.tender})
            case Allocation():
                credit_notes[-1]["allocated"] = shown(decision.amount)
                allocated += decision.amount
            case Hold():
                holds.append(decision)
            case Skip():
                words.append(decision.sentence or REASONS[decision.reason].sentence)

    outcome = worst(outcomes)
    reason = holds[0].reason if holds else invoice.reason if isinstance(invoice, Skip) else None
    if shown_invoice is not None and isinstance(invoice, Invoice):
        shown_invoice["amount_due"] = shown(invoice.total - paid - allocated)
    answer = _answer(case, outcome, reason, "; ".join([*(hold.sentence for hold in holds), *words]))
    answer |= {"invoice": shown_invoice, "payments": payments, "credit_notes": credit_notes}
    if holds:
        answer["figures"] = dict(holds[0].figures)
        answer["remedy"] = holds[0].to_do()
    if contact is not None and shown_invoice is not None:
        action = "create" if contact.action == "create" else "adopt"
        answer["contact"] = {
            "action": action,
            "contact_id": contact.contact_id,
            "name": contact.name,
            "why": contact.words,
        }
    if isinstance(invoice, Invoice) and shown_invoice is not None:
        liability = {line.ref: shown(line.amount) for line in invoice.lines if line.kind == "tax_liability"}
        if liability:
            answer |= {"xero_total_tax": shown(invoice.tax), "tax_liability_lines": liability}
    return answer


def _credited(case: Case, why: str, planned: Iterable[Planned]) -> Told:
    """A posted invoice that stays, and the credit note that is set against all of it."""
    answer = _answer(case, "posted", None, f"{why}.")
    for each in planned:
        if isinstance(each.decision, CreditNote):
            answer["credit_notes"].append(_credit_note(each.decision))
        elif isinstance(each.decision, Allocation):
            answer["credit_notes"][-1]["allocated"] = shown(each.decision.amount)
    return answer


def _closed(case: Case) -> bool:
    """Whether the invoice that the books held before lies in a closed period."""
    closed_to = closed_to_of(case.policy, case.reference)
    return closed_to is not None and case.standing is not None and case.standing.dated <= closed_to


def _outcome(planned: Planned) -> OutcomeName:
    match planned.decision:
        case Skip():
            return "skipped"
        case Hold():
            return "held"
        case _:
            return "posted"


def _answer(case: Case, outcome: str, reason: str | None, why: str) -> Told:
    return {
        "case": case.name,
        "outcome": outcome,
        "reason_kind": reason,
        "invoice": None,
        "payments": [],
        "credit_notes": [],
        "why": why,
    }


def _held(case: Case, hold: Hold, hanging: Iterable[Planned] = ()) -> Told:
    waits = "; ".join(planned.decision.sentence for planned in hanging if isinstance(planned.decision, Hold))
    why = hold.sentence + (f" {waits}" if waits else "")
    return _answer(case, "held", hold.reason, why) | {"figures": dict(hold.figures), "remedy": hold.to_do()}


def _invoice(invoice: Invoice) -> Told:
    types = invoice.line_amount_types
    answer: Told = {
        "type": "ACCREC",
        "number": invoice.number,
        "status": invoice.status,
        "date": invoice.invoice_date.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "reference": invoice.reference,
        "currency": invoice.currency,
        "line_amount_types": types,
        "total": shown(invoice.total),
        "tax": shown(invoice.tax),
        "line_count": len(invoice.lines),
        "lines": [_line(line, types) for line in invoice.lines],
    }
    if invoice.currency_rate is not None:
        answer["currency_rate"] = f"{invoice.currency_rate.normalize():f}"
    if invoice.branding_theme_id:
        answer["branding_theme_id"] = invoice.branding_theme_id
    if invoice.rounding:
        answer["rounding"] = {"difference": shown(invoice.rounding)}
    return answer


def _line(line: DocumentLine, types: LineAmountTypes) -> Mapping[str, Any]:
    return {
        "kind": line.kind,
        "ref": line.ref,
        "quantity": int(line.quantity) if line.quantity == line.quantity.to_integral_value() else str(line.quantity),
        "net": shown(line.net(types)),
        "tax": shown(line.tax),
        "gross": shown(line.gross(types)),
        "account": line.account,
        "tax_type": line.tax_type,
        **({"tracking": dict(line.tracking)} if line.tracking else {}),
        "why": line.words,
    }


def _payment(payment: Payment) -> Told:
    return {
        "amount": shown(payment.amount),
        "currency": payment.currency,
        "tender": payment.tender,
        "account": payment.account,
        "date": payment.payment_date.isoformat(),
        "reference": payment.reference,
        **({"not_before": payment.not_before.isoformat()} if payment.not_before else {}),
    }


def _credit_note(note: CreditNote) -> Told:
    return {
        "number": note.number,
        "total": shown(note.total),
        "tax": shown(note.tax),
        "currency": note.currency,
        "date": note.credit_date.isoformat(),
        "lines": [_line(line, note.line_amount_types) for line in note.lines],
        "refund_payments": [],
    }
