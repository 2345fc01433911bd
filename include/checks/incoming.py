"""What came in: every rule of the domain on every order, and what must hold of the batch as a whole (design 4.18)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from include.checks.suites import Expected, broken_of, frame_of, judge
from include.checks.verdict import Finding, Verdict
from include.domain.outcome import Hold
from include.domain.rules import RULES

SHAPE: Final = "shape"
RECORD_RULES: Final[tuple[str, ...]] = (SHAPE, *(rule.name for rule in RULES))
HELD_SHARE_FROM: Final = 20  # orders: below it, one odd order is already a large share
AHEAD_MAX: Final = timedelta(days=1)  # a shop's clock and ours may differ, but not by that


@dataclass(frozen=True, slots=True)
class Seen:
    """One order of the batch as it was read.

    shape   the hold, if the wire could not read it at all; then `broken` is empty.
    broken  what the domain's rules say of it, by rule (`rules.findings_of`).
    """

    order_key: int
    shape: Hold | None
    broken: Mapping[str, Hold]
    modified_at: datetime | None
    placed_at: datetime | None

    def hold_of(self, rule: str) -> Hold | None:
        """What that rule says of this order."""
        return self.shape if rule == SHAPE else self.broken.get(rule)


def check_incoming(seen: Sequence[Seen], *, held_share_max: float, now: datetime | None = None) -> Verdict:
    """Which orders may be planned, and whether the batch can be trusted.

    held_share_max  0 to 1; looked at from 20 orders on.
    now             nothing may be modified more than a day after it; aware. None: that is not looked at.

    An empty batch passes without a rule. Great Expectations decides who fails; `Seen` only says in which words.
    """
    if not seen:
        return Verdict((), (), ())
    suite = suite_of(len(seen), now)
    judged = judge(_frame(seen, now), suite, "order_key")
    broken = list(broken_of(suite, judged))
    findings = tuple(_findings(seen, {rule: judged[rule].rows for rule in RECORD_RULES if rule in judged}))
    held = len({finding.order_key for finding in findings})
    if len(seen) >= HELD_SHARE_FROM:
        share = (_held_share(held, len(seen), held_share_max),)
        frame = frame_of([{"batch": 1, "held_share": held / len(seen)}], ("batch", "held_share"))
        broken += broken_of(share, judge(frame, share, "batch"))
        suite = (*suite, *share)
    return Verdict(tuple(each.rule for each in suite), findings, tuple(broken))


def suite_of(rows: int, now: datetime | None) -> tuple[Expected, ...]:
    """Every expectation on the frame of a batch with that many orders: one for each rule on records, then the batch's."""
    records = tuple(Expected(rule, "ExpectColumnValuesToBeNull", {"column": rule}) for rule in RECORD_RULES)
    return (*records, *_batch_rules(rows, now))


def _findings(seen: Sequence[Seen], rows: Mapping[str, Sequence[int]]) -> Iterator[Finding]:
    """What was judged, in the words of the domain. Who failed without words there is held all the same."""
    words = {(each.order_key, rule): hold for each in seen for rule in rows if (hold := each.hold_of(rule)) is not None}
    for rule, keys in rows.items():
        for key in keys:
            unworded = Hold("unknown_shape", f"The check of what came in refused the order: {rule}.", {"rule": rule})
            yield Finding(key, rule, words.get((key, rule), unworded))


def _batch_rules(rows: int, now: datetime | None) -> Iterator[Expected]:
    key = {"column": "order_key"}
    yield Expected(
        "columns_present",
        "ExpectTableColumnsToMatchSet",
        {"column_set": ["order_key", "undated", "hours_ahead", *RECORD_RULES], "exact_match": True},
        "The batch has other columns than the rules read: a rule was added or lost on one side only.",
    )
    yield Expected(
        "row_count", "ExpectTableRowCountToEqual", {"value": rows}, "The frame has not one row for each order."
    )
    yield Expected("order_key_known", "ExpectColumnValuesToNotBeNull", key, "An order came without its id.")
    yield Expected("order_key_unique", "ExpectColumnValuesToBeUnique", key, "An order is in the batch twice.")
    yield Expected(
        "dates_known", "ExpectColumnValuesToBeNull", {"column": "undated"}, "An order was read without its dates."
    )
    if now is not None:
        yield Expected(
            "not_from_the_future",
            "ExpectColumnValuesToBeBetween",
            {"column": "hours_ahead", "max_value": AHEAD_MAX / timedelta(hours=1)},
            f"An order was modified more than a day after {now:%Y-%m-%d %H:%M %Z}: a clock is wrong.",
        )


def _held_share(held: int, rows: int, held_share_max: float) -> Expected:
    return Expected(
        "held_share",
        "ExpectColumnValuesToBeBetween",
        {"column": "held_share", "max_value": held_share_max},
        f"{held} of {rows} orders are held by the rules, more than {held_share_max:.0%}: "
        "the shop's answers, or our reading of them, may have changed.",
    )


def _frame(seen: Sequence[Seen], now: datetime | None) -> Any:
    """A row per order. The column of a rule holds the sentence of who breaks it, else nothing.

    A rule that only the orders name gets its column as well, so that `columns_present` sees it.
    """
    strangers = sorted({rule for each in seen for rule in each.broken} - set(RECORD_RULES))
    rules = (*RECORD_RULES, *strangers)
    return frame_of((_row(each, rules, now) for each in seen), ("order_key", "undated", "hours_ahead", *rules))


def _row(each: Seen, rules: Sequence[str], now: datetime | None) -> dict[str, object]:
    undated = each.shape is None and (each.modified_at is None or each.placed_at is None)
    ahead = None if now is None or each.modified_at is None else (each.modified_at - now) / timedelta(hours=1)
    sentences = {rule: hold.sentence if (hold := each.hold_of(rule)) is not None else None for rule in rules}
    return {"order_key": each.order_key, "undated": "no date" if undated else None, "hours_ahead": ahead, **sentences}
