"""What people decide about documents that are held: Kim, who saw the facts as they stand."""

from given import POLICY, REFERENCE, Standing, order

from include.domain.decision import Choice, Decision, plan_decided
from include.domain.outcome import Hold
from include.domain.plan import Plan, Planned, plan_order
from include.domain.policy import Policy
from include.sandbox.order_builder import OrderBuilder


def seen(text: str) -> str:
    """The digest of what a person saw; here the facts themselves."""
    return f"digest of {text}"


def decided(held: Planned, choice: Choice, reason: str | None = None) -> Decision:
    """A decision on a document as it stands in the plan."""
    why = reason or (held.decision.reason if isinstance(held.decision, Hold) else "")
    return Decision(held.kind, held.part, why, choice, seen(held.facts), "Kim: as agreed")


def planned(
    told: OrderBuilder,
    *decisions: Decision,
    policy: Policy = POLICY,
    standing: Standing | None = None,
    generation: int = 1,
) -> Plan:
    """The plan of the order with what people decided about it."""
    shop = order(told)
    return plan_decided(shop, policy, REFERENCE, standing, decisions, seen, generation)


def held_in(told: OrderBuilder, policy: Policy = POLICY, kind: str | None = None) -> Planned:
    """The first document of the order that is held."""
    shop = order(told)
    plan = plan_order(shop, policy, REFERENCE)
    return next(each for each in plan.documents if isinstance(each.decision, Hold) and kind in (None, each.kind))
