"""What came in: every rule of the domain on every order, and what must hold of the batch as a whole (design 4.18)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from include.checks.plain import judge_plainly, plain_frame
from include.checks.suites import Expected, broken_of, frame_of, judge
from include.checks.verdict import Finding, Verdict
from include.domain.outcome import Hold
from include.domain.rules import RULES

SHAPE: Final = "shape"
RECORD_RULES: Final[tuple[str, ...]] = (SHAPE, *(rule.name for rule in RULES))
HELD_SHARE_FROM: Final = 20  # orders: below it, one odd order is already a large share
OWN_COLUMNS: Final = ("order_key", "undated", "hours_ahead", "hours_outside")
OUTSIDE_MAX: Final = timedelta(minutes=1)  # whether bounds are inclusive is not known, and seconds are cut
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the batch's extraction asked the shop for, and how many orders it brought in all its batches."""

    by: Literal["created", "modified"]
    start: datetime
    end: datetime
    orders: int

    def orders_a_day(self) -> float:
        """How many orders that is for each day of the window; a window shorter than a day counts as one."""
        return self.orders / max(1.0, (self.end - self.start) / timedelta(days=1))


def check_incoming(
    seen: Sequence[Seen],
    *,
    held_share_max: float,
    now: datetime | None = None,
    asked: Asked | None = None,
    orders_a_day_max: int | None = None,
    plainly: bool = False,
) -> Verdict:
    """Which orders may be planned, and whether the batch can be trusted.

    held_share_max    0 to 1; looked at from 20 orders on.
    now               nothing may be modified more than a day after it; aware. None: that is not looked at.
    asked             the window that was asked for: nothing may lie outside. None: orders were fetched one by one.
    orders_a_day_max  more than that is no day of this shop.
    plainly           the same rules without Great Expectations (checks/plain.py).

    An empty batch passes without a rule. Great Expectations decides who fails; `Seen` only says in which words.
    """
    if not seen:
        return Verdict((), (), ())
    frame_by, judge_by = (plain_frame, judge_plainly) if plainly else (frame_of, judge)
    suite = suite_of(len(seen), now, asked)
    judged = judge_by(_frame(seen, now, asked, frame_by), suite, "order_key")
    broken = list(broken_of(suite, judged))
    findings = tuple(_findings(seen, {rule: judged[rule].rows for rule in RECORD_RULES if rule in judged}))
    held = len({finding.order_key for finding in findings})
    whole: dict[str, float] = {}
    if len(seen) >= HELD_SHARE_FROM:
        whole["held_share"] = held / len(seen)
    if asked is not None and orders_a_day_max is not None:
        whole["orders_a_day"] = asked.orders_a_day()
    shares = tuple(_of_the_whole(whole, held, len(seen), held_share_max, orders_a_day_max or 0))
    if shares:
        frame = frame_by([{"batch": 1, **whole}], ("batch", *whole))
        broken += broken_of(shares, judge_by(frame, shares, "batch"))
        suite = (*suite, *shares)
    return Verdict(tuple(each.rule for each in suite), findings, tuple(broken))


def suite_of(rows: int, now: datetime | None, asked: Asked | None = None) -> tuple[Expected, ...]:
    """Every expectation on the frame of a batch with that many orders: one for each rule on records, then the batch's."""
    records = tuple(Expected(rule, "ExpectColumnValuesToBeNull", {"column": rule}) for rule in RECORD_RULES)
    return (*records, *_batch_rules(rows, now, asked))


def _findings(seen: Sequence[Seen], rows: Mapping[str, Sequence[int]]) -> Iterator[Finding]:
    """What was judged, in the words of the domain. Who failed without words there is held all the same."""
    words = {(each.order_key, rule): hold for each in seen for rule in rows if (hold := each.hold_of(rule)) is not None}
    for rule, keys in rows.items():
        for key in keys:
            unworded = Hold("unknown_shape", f"The check of what came in refused the order: {rule}.", {"rule": rule})
            yield Finding(key, rule, words.get((key, rule), unworded))


def _batch_rules(rows: int, now: datetime | None, asked: Asked | None) -> Iterator[Expected]:
    key = {"column": "order_key"}
    yield Expected(
        "columns_present",
        "ExpectTableColumnsToMatchSet",
        {"column_set": [*OWN_COLUMNS, *RECORD_RULES], "exact_match": True},
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

    if asked is not None:
        yield Expected(
            "freshness",
            "ExpectColumnValuesToBeBetween",
            {"column": "hours_outside", "max_value": OUTSIDE_MAX / timedelta(hours=1)},
            f"An order was {asked.by} outside of {asked.start:%Y-%m-%d %H:%M} to {asked.end:%Y-%m-%d %H:%M}, "
            "which is all that was asked for: the shop did not filter.",
        )


def _of_the_whole(
    whole: Mapping[str, float], held: int, rows: int, held_share_max: float, orders_a_day_max: int
) -> Iterator[Expected]:
    """The rules on the batch as a whole, for what is known of it."""
    if "held_share" in whole:
        yield Expected(
            "held_share",
            "ExpectColumnValuesToBeBetween",
            {"column": "held_share", "max_value": held_share_max},
            f"{held} of {rows} orders are held by the rules, more than {held_share_max:.0%}: "
            "the shop's answers, or our reading of them, may have changed.",
        )
    if "orders_a_day" in whole:
        yield Expected(
            "volume",
            "ExpectColumnValuesToBeBetween",
            {"column": "orders_a_day", "max_value": orders_a_day_max},
            f"{whole['orders_a_day']:.0f} orders a day came, more than the {orders_a_day_max} that this store expects: "
            "an import may have made them. If they are real, raise `orders_a_day_max`.",
        )


def _frame(
    seen: Sequence[Seen], now: datetime | None, asked: Asked | None, frame_by: Callable[..., Any] = frame_of
) -> Any:
    """A row per order. The column of a rule holds the sentence of who breaks it, else nothing.

    A rule that only the orders name gets its column as well, so that `columns_present` sees it.
    """
    strangers = sorted({rule for each in seen for rule in each.broken} - set(RECORD_RULES))
    rules = (*RECORD_RULES, *strangers)
    return frame_by((_row(each, rules, now, asked) for each in seen), (*OWN_COLUMNS, *rules))


def _row(each: Seen, rules: Sequence[str], now: datetime | None, asked: Asked | None) -> dict[str, object]:
    undated = each.shape is None and (each.modified_at is None or each.placed_at is None)
    ahead = None if now is None or each.modified_at is None else (each.modified_at - now) / timedelta(hours=1)
    sentences = {rule: hold.sentence if (hold := each.hold_of(rule)) is not None else None for rule in rules}
    own = (each.order_key, "no date" if undated else None, ahead, _hours_outside(each, asked))
    return {**dict(zip(OWN_COLUMNS, own, strict=True)), **sentences}


def _hours_outside(each: Seen, asked: Asked | None) -> float | None:
    """How far the order lies outside the window that was asked for; None where that cannot be said."""
    moment = None if asked is None else each.placed_at if asked.by == "created" else each.modified_at
    if asked is None or moment is None:
        return None
    return max(asked.start - moment, moment - asked.end, timedelta()) / timedelta(hours=1)
