"""What a person decided about a held document, and what follows for the plan (accounting.md 12, design 4.22).

To post what was held is to relax, for this one order, the very setting or proof that held it. So the proposal that a
person sees and the document that is posted come out of the same plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from include.domain.document import Standing
from include.domain.order import Order
from include.domain.outcome import Hold, Skip
from include.domain.plan import Plan, Planned, plan_order
from include.domain.policy import Policy, Reference

Choice = Literal["post", "draft", "skip", "accept"]

# How each reason is relaxed where a person says "post it". A reason that is not here has no proposal of ours.
RELAXED: Mapping[str, Mapping[str, Any]] = {
    "locked_period": {"locked_period": "first_open_day"},
    "part_paid": {"part_paid_pending": "authorise"},
    "sku_unmapped": {"unknown_sku": "post_without_item"},
    "tax_unexplained": {"tax_as_charged": True},
    "tax_rate_unmapped": {"tax_as_charged": True},
    "cancelled_with_money": {"cancelled_stays": True},
    "refund_unexplained": {"order_level_refund": "order_mix", "refund_restocks": "no"},
    "refund_declined": {"declined_refund": "passed"},
    "setting_unanswered": {"promotional_credit": "tender"},
}
# Held by what stands in Xero under this number: to post is to post anew under the next number (accounting.md 2).
RENUMBERED = ("number_taken", "edited_in_xero")
# What stands in Xero may be taken as right as it is.
ACCEPTED = ("number_taken", "edited_in_xero", "edited_after_payment", "total_differs", "answer_differs")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: on which document, why it was held, and what is to be done.

    facts   the digest of the facts that the person saw: a decision to post or to accept holds for nothing else
    words   who decided and why, for whoever asks
    """

    kind: str
    part: str
    reason: str
    choice: Choice
    facts: str
    words: str


def choices_for(
    reason: str, *, proposed: bool, stands: bool = True, kind: str = "invoice", deleted: bool = False
) -> tuple[Choice, ...]:
    """What a person may decide about a document that is held for this reason.

    stands    whether a document of the order stands in Xero, which may be taken as right
    kind      of the document: a number that is spent is an invoice's alone
    deleted   whether it is a payment that somebody deleted in Xero
    """
    if deleted:
        return ("post", "accept", "skip")
    if kind != "invoice" and reason in RENUMBERED:
        return ("post", "skip") if proposed else ("skip",)
    post: tuple[Choice, ...] = ("post", "draft") if proposed or reason in RENUMBERED else ()
    accept: tuple[Choice, ...] = ("accept",) if reason in ACCEPTED and (stands or reason == "number_taken") else ()
    return (*post, *accept, "skip")


def plan_decided(
    order: Order,
    policy: Policy,
    reference: Reference,
    standing: Standing | None,
    decisions: Sequence[Decision],
    digest: Callable[[str], str],
    generation: int = 1,
) -> Plan:
    """The plan of an order, with what people decided about it.

    A decision to post counts where the document is held for that reason and its facts are those that were decided on;
    one hold may show only when another is gone, so it is planned again until nothing more is relaxed.

    digest       how facts become the digest that a decision keeps
    generation   which numbering of the order's invoice it is: a number that Xero has seen is spent
    """
    plan = plan_order(order, policy, reference, standing, generation)
    used: set[Decision] = set()
    while True:
        matching = [each for each in decisions if each not in used and _relaxes(each, plan, digest)]
        if not matching:
            break
        used.update(matching)
        for each in matching:
            policy = relaxed(policy, each.reason, draft=each.choice == "draft")
        plan = plan_order(order, policy, reference, standing, generation)
    return without_dropped(plan, decisions)


def relaxed(policy: Policy, reason: str, *, draft: bool = False) -> Policy:
    """The policy under which what is held for this reason is posted."""
    changes = dict(RELAXED.get(reason, {}))
    if draft:
        changes["first_run_status"] = "DRAFT"
    return replace(policy, **changes)


def proposal_of(
    order: Order, policy: Policy, reference: Reference, standing: Standing | None, held: Planned
) -> tuple[Planned, ...]:
    """The documents that would be posted if a person released this one; empty where we have no proposal."""
    if not isinstance(held.decision, Hold) or held.decision.reason not in RELAXED:
        return ()
    plan = plan_order(order, relaxed(policy, held.decision.reason), reference, standing)
    found = next((each for each in plan.documents if (each.kind, each.part) == (held.kind, held.part)), None)
    if found is None or isinstance(found.decision, Hold | Skip):
        return ()
    if held.kind == "invoice":
        return tuple(each for each in plan.documents if not isinstance(each.decision, Hold | Skip))
    return (found,)


def _relaxes(decision: Decision, plan: Plan, digest: Callable[[str], str]) -> bool:
    if decision.choice not in ("post", "draft") or decision.reason not in RELAXED:
        return False
    return any(
        (each.kind, each.part) == (decision.kind, decision.part)
        and isinstance(each.decision, Hold)
        and each.decision.reason == decision.reason
        and digest(each.facts) == decision.facts
        for each in plan.documents
    )


def without_dropped(plan: Plan, decisions: Sequence[Decision]) -> Plan:
    """The plan without what a person keeps out of the books; what hangs on a dropped invoice or credit note goes with it."""
    dropped = {(each.kind, each.part): each for each in decisions if each.choice == "skip"}
    if not dropped:
        return plan
    whole = dropped.get(("invoice", "1"))
    documents = []
    for each in plan.documents:
        note = dropped.get(("credit_note", each.part.partition("-")[0]))
        why = whole or (note if each.kind in ("credit_note", "refund_payment", "allocation") else None)
        why = why or dropped.get((each.kind, each.part))
        documents.append(each if why is None else replace(each, decision=Skip("dropped", why.words)))
    return replace(plan, documents=tuple(documents))
