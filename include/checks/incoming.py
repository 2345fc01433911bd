"""What came in: every record rule of the core as an expectation, and the rules on the batch (design 4.18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.checks.suites import KEY, Result, null_rule, validated
from include.checks.verdict import Finding, Verdict
from include.domain.outcome import Hold
from include.domain.rules import RULES

SHAPE = "shape"
UNIQUE = "orders_are_unique"
FRESH = "nothing_comes_from_the_future"
SHARE = "share_of_held_orders"
SHARE_FROM = 20  # below that a share says nothing
RECORD_RULES = (SHAPE, *(rule.name for rule in RULES))
FUTURE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """One order as the check sees it: what the wire refused, what the rules found, and its dates."""

    order_key: int
    shape: Hold | None
    broken: Mapping[str, Hold]
    modified_at: datetime | None
    placed_at: datetime | None


def expectations() -> list[Any]:
    """The suite: one expectation a record rule, then those on the batch."""
    from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique

    return [
        *(null_rule(rule) for rule in RECORD_RULES),
        ExpectColumnValuesToBeUnique(column=KEY, meta={"rule": UNIQUE}),
        null_rule(FRESH),
    ]


def check_incoming(seen: Sequence[Seen], *, held_share_max: float, now: datetime | None = None) -> Verdict:
    """Which orders a rule holds, and whether the batch as a whole may go on. An empty batch is in order."""
    if not seen:
        return Verdict((*RECORD_RULES, UNIQUE, FRESH, SHARE))
    rows = [_row(each, now) for each in seen]
    results = validated(rows, (KEY, *RECORD_RULES, FRESH), expectations())
    findings: list[Finding] = []
    broken: list[tuple[str, str]] = []
    by_key = {each.order_key: each for each in seen}
    for rule in (*RECORD_RULES, UNIQUE, FRESH):
        result = results.get(rule, Result(True, ()))
        if result.trouble:
            broken.append((rule, result.trouble))
        elif not result.met and rule in RECORD_RULES:
            findings += [Finding(int(key), rule, _hold(by_key[int(key)], rule)) for key in result.records]
        elif not result.met:
            broken.append((rule, f"{len(result.records)} orders, the first is {result.records[0]}"))
    held = {finding.order_key for finding in findings}
    if len(seen) >= SHARE_FROM and len(held) > held_share_max * len(seen):
        words = f"{len(held)} of {len(seen)} orders break a rule, more than the allowed {held_share_max:.0%}"
        broken.append((SHARE, words))
    return Verdict((*RECORD_RULES, UNIQUE, FRESH, SHARE), tuple(findings), tuple(broken))


def _row(each: Seen, now: datetime | None) -> dict[str, Any]:
    future = now is not None and each.modified_at is not None and each.modified_at > now + FUTURE
    return {
        KEY: each.order_key,
        SHAPE: each.shape.sentence if each.shape else None,
        **{rule.name: each.broken[rule.name].sentence if rule.name in each.broken else None for rule in RULES},
        FRESH: "modified in the future" if future else None,
    }


def _hold(each: Seen, rule: str) -> Hold:
    if rule == SHAPE and each.shape is not None:
        return each.shape
    return each.broken[rule]
