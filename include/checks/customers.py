"""What came in about customers: who cannot be read is held, and a list that cannot be read on the whole is not gone by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from include.checks.suites import Expected, broken_of, frame_of, judge
from include.checks.verdict import Finding, Verdict
from include.domain.outcome import Hold

COLUMNS: Final = ("customer", "problem")
SHARE_FROM: Final = 20  # below, a share says nothing (design 4.18)


@dataclass(frozen=True, slots=True)
class SeenCustomer:
    """One customer as they were read: `problem` is why they could not be, None where they could."""

    customer_id: int
    problem: Hold | None


def check_customers(seen: Sequence[SeenCustomer], *, held_share_max: float) -> Verdict:
    """What is wrong. No customer at all passes without a rule."""
    if not seen:
        return Verdict((), (), ())
    rows = [{"customer": each.customer_id, "problem": each.problem and each.problem.sentence} for each in seen]
    suite = [
        Expected("customer_read", "ExpectColumnValuesToBeNull", {"column": "problem"}),
        Expected(
            "customer_once",
            "ExpectColumnValuesToBeUnique",
            {"column": "customer"},
            "A customer stands in the batch twice.",
        ),
    ]
    if len(seen) >= SHARE_FROM:
        suite.append(
            Expected(
                "customers_readable",
                "ExpectColumnValuesToBeNull",
                {"column": "problem", "mostly": 1 - held_share_max},
                f"More than {held_share_max:.0%} of the customers have a form that we do not know.",
            )
        )
    judged = judge(frame_of(rows, COLUMNS), suite, "customer")
    problems = {each.customer_id: each.problem for each in seen}
    findings = tuple(
        Finding(customer_id, "customer_read", problem)
        for customer_id in judged["customer_read"].rows
        if (problem := problems[customer_id]) is not None
    )
    return Verdict(tuple(each.rule for each in suite), findings, tuple(broken_of(suite, judged)))
