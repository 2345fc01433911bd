"""What an order must satisfy before it is planned: each rule a name, a predicate and a sentence (design 4.18).

The batch lane runs them through Great Expectations (`checks/`), the lane of seconds and `explain` call them directly.
A rule speaks only of orders that would enter the books: an unfinished checkout may look as it likes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from include.domain.money import ZERO, minor_digits, shown
from include.domain.order import Order
from include.domain.outcome import Hold, Skip
from include.domain.policy import Policy
from include.domain.proof import prove
from include.domain.receipt import money_of
from include.domain.status import entry_of

Finding = Callable[[Order, Policy], Hold | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on one order. `finding` answers None where it is met, else the hold with its sentence."""

    name: str
    says: str
    finding: Finding


def _status_is_known(order: Order, policy: Policy) -> Hold | None:
    if order.status is not None and order.status in policy.statuses:
        return None
    return Hold("unknown_shape", f"Status {order.status_id} is none that BigCommerce documents.")


def _has_lines(order: Order, policy: Policy) -> Hold | None:
    return None if order.lines else Hold("missing_field", "The order has no lines.", {"field": "products"})


def _units_agree(order: Order, policy: Policy) -> Hold | None:
    """`items_total` counts units, not lines (reference bigcommerce.md 3): fewer units mean that lines are missing."""
    units = sum(line.quantity for line in order.lines)
    if units == order.units:
        return None
    return Hold(
        "missing_field",
        f"The lines have {units} units, but the order counts {order.units}: lines are missing.",
        {"units of lines": str(units), "units of order": str(order.units)},
    )


def _quantities_are_positive(order: Order, policy: Policy) -> Hold | None:
    odd = next((line for line in order.lines if line.quantity <= 0), None)
    if odd is None:
        return None
    words = f"{odd.sku or odd.name} has a quantity of {odd.quantity}."
    return Hold("unknown_shape", words, {"line": odd.sku or odd.name, "quantity": str(odd.quantity)})


def _amounts_are_positive(order: Order, policy: Policy) -> Hold | None:
    digits = minor_digits(order.currency)
    for name, amount in (("total", order.total_inc), ("tax", order.total_tax), ("shipping", order.shipping.inc)):
        if amount < ZERO:
            return Hold(
                "total_differs", f"The order's {name} is negative: {shown(amount, digits)}.", {name: str(amount)}
            )
    return None


def _lines_add_up(order: Order, policy: Policy) -> Hold | None:
    proof = prove(order, policy.tolerance_minor_units)
    return proof if isinstance(proof, Hold) else None


def _line_ids_are_unique(order: Order, policy: Policy) -> Hold | None:
    ids = [line.id for line in order.lines]
    if len(ids) == len(set(ids)):
        return None
    return Hold("unknown_shape", "The order lists one of its lines twice.", {"field": "products.id"})


def _dates_are_in_order(order: Order, policy: Policy) -> Hold | None:
    if order.created_at <= order.modified_at:
        return None
    return Hold("unknown_shape", "The order was modified before it was placed.", {"field": "date_modified"})


RULES: tuple[Rule, ...] = (
    Rule("status_is_known", "the status is one that BigCommerce documents", _status_is_known),
    Rule("has_lines", "the order has lines", _has_lines),
    Rule("line_ids_are_unique", "no line is listed twice", _line_ids_are_unique),
    Rule("quantities_are_positive", "every quantity is above zero", _quantities_are_positive),
    Rule("units_agree", "the units of the lines are the order's", _units_agree),
    Rule("amounts_are_positive", "total, tax and shipping are not negative", _amounts_are_positive),
    Rule("lines_add_up", "lines, shipping and fees less discounts are the total", _lines_add_up),
    Rule("dates_are_in_order", "it was placed before it was modified", _dates_are_in_order),
)


def findings_of(order: Order, policy: Policy) -> dict[str, Hold]:
    """Every rule that the order breaks, by name; empty for an order that may be planned or that is skipped anyway."""
    if isinstance(entry_of(order, money_of(order, policy), None, policy), Skip):
        return {}
    broken = {}
    for rule in RULES:
        found = rule.finding(order, policy)
        if found is not None:
            broken[rule.name] = found
    return broken
