"""One row of a warehouse feed becomes a level, or a problem of its SKU that a person can mend."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from include.clients.warehouse_text import NumberText, RawRow

ON_HAND_MAX = 2_147_483_647  # of an item at a location, as the shop holds it (bigcommerce.md 8)
WORD_CHARS_MAX = 255  # of a SKU, as the shop holds it; and of a location
AHEAD_MAX = timedelta(minutes=5)  # of two clocks that are both right enough

_PLAIN = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_NEGATIVE = re.compile(r"-[0-9.]+")


@dataclass(frozen=True, slots=True)
class WarehouseLevel:
    """How much of a SKU a warehouse has.

    location   None: the feed names no place.
    as_of      the moment at which it was so, in UTC; None where the feed does not say.
    """

    sku: str
    location: str | None
    on_hand: Decimal
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class FeedProblem:
    """Why nothing of a SKU can be taken from a feed.

    row     where: the line of a CSV, the place in a JSON's list.
    sku     None where the row does not say whose it is.
    field   the one of the row that is wrong; empty where it is the row.
    words   "row 7: on_hand is blank.": no cell is quoted, whatever was put in there.
    """

    row: int
    sku: str | None
    field: str
    words: str
    remedy: str


class _Wrong(Exception):  # noqa: N818  (it names what a field is, and never leaves this file)
    def __init__(self, field: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.field, self.what, self.remedy = field, what, remedy


def read_rows(
    rows: Iterable[RawRow], *, now: datetime, as_of_max_age: timedelta
) -> tuple[list[WarehouseLevel], list[FeedProblem]]:
    """Levels and problems, in the feed's order. A SKU of which one row is wrong has no level: its sum would be wrong."""
    found: list[tuple[RawRow, WarehouseLevel]] = []
    problems: list[FeedProblem] = []
    for row in rows:
        try:
            found.append((row, _level_of(row, now, as_of_max_age)))
        except _Wrong as wrong:
            problems.append(_problem(row, _sku_or_none(row), wrong))
    problems += _contradictions(found)
    problems.sort(key=lambda problem: problem.row)
    in_doubt = {problem.sku for problem in problems}
    return [level for _, level in found if level.sku not in in_doubt], problems


def stamp_of(row: RawRow, now: datetime) -> datetime | None:
    """When this row was so, if it says that legibly and without looking ahead."""
    try:
        moment = None if row.trouble else _as_of_in(row.fields.get("as_of"))
    except _Wrong:
        return None
    return moment if moment is not None and moment - now <= AHEAD_MAX else None


def _level_of(row: RawRow, now: datetime, as_of_max_age: timedelta) -> WarehouseLevel:
    if row.trouble:
        raise _Wrong("", row.trouble, row.remedy)
    sku = _word_in(row.fields.get("sku"), "sku")
    if sku is None:
        raise _Wrong("sku", "is blank", "Give the row its SKU, or leave it out.")
    on_hand = _on_hand_in(row.fields.get("on_hand"))
    as_of = _as_of_in(row.fields.get("as_of"))
    if as_of is not None and now - as_of > as_of_max_age:
        raise _Wrong("as_of", f"is more than {hours(as_of_max_age)} ago", "Let the warehouse state this SKU anew.")
    if as_of is not None and as_of - now > AHEAD_MAX:
        raise _Wrong(
            "as_of", "lies in the future", "Set the warehouse's clock, and check the time zone that it writes."
        )
    return WarehouseLevel(sku, _word_in(row.fields.get("location"), "location"), on_hand, as_of)


def _word_in(said: Any, field: str) -> str | None:
    """Text without the blanks around it; None where there is none."""
    if said is None:
        return None
    if isinstance(said, NumberText):
        raise _Wrong(field, "is a number", "Write it in quotes: 0042 and 42 are two.")
    if not isinstance(said, str):
        raise _Wrong(field, "is not text", "Write it as text.")
    word = said.strip()
    if not word.isprintable():
        raise _Wrong(field, "has a character in it that cannot be printed", "Take it out.")
    if len(word) > WORD_CHARS_MAX:
        raise _Wrong(field, f"is longer than {WORD_CHARS_MAX} characters", "Write it as the shop does.")
    return word or None


def _on_hand_in(said: Any) -> Decimal:
    text = said.strip() if isinstance(said, str) else ""
    if said is None or (isinstance(said, str) and not text):
        raise _Wrong("on_hand", "is blank", "State 0 if there is none, or leave the row out if nobody knows.")
    if _NEGATIVE.fullmatch(text):
        raise _Wrong("on_hand", "is below nothing", "Count it again; state 0 if there is none.")
    if not _PLAIN.fullmatch(text):
        raise _Wrong(
            "on_hand", "is not a plain number", "Write 12 or 12.5: digits, a point before a fraction, nothing else."
        )
    on_hand = Decimal(text)
    if on_hand > ON_HAND_MAX:
        raise _Wrong("on_hand", f"is more than {ON_HAND_MAX}, the most that a shop holds", "Count it again.")
    return on_hand


def _as_of_in(said: Any) -> datetime | None:
    text = str(said) if isinstance(said, NumberText) else _word_in(said, "as_of")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _Wrong("as_of", "is no moment with a time zone", "Write it as 2026-11-24T06:00:00Z.")


def _sku_or_none(row: RawRow) -> str | None:
    try:
        return _word_in(row.fields.get("sku"), "sku")
    except _Wrong:
        return None


def _contradictions(found: Sequence[tuple[RawRow, WarehouseLevel]]) -> list[FeedProblem]:
    """Rows that are right one by one, and cannot all be true."""
    by_sku: dict[str, list[tuple[RawRow, WarehouseLevel]]] = defaultdict(list)
    for row, level in found:
        by_sku[level.sku].append((row, level))
    problems: list[FeedProblem] = []
    for sku, stated in by_sku.items():
        first: dict[str | None, int] = {}
        for row, level in stated:
            earlier = first.setdefault(level.location, row.at)
            if earlier != row.at:
                wrong = _Wrong("sku", f"stands at this location in row {earlier} already", "State it once a location.")
                problems.append(_problem(row, sku, wrong))
        if None in first and len(first) > 1:
            at, _ = next((row, level) for row, level in stated if level.location is None)
            wrong = _Wrong(
                "location", "is blank, and other rows of this SKU name one", "Name it in all rows or in none."
            )
            problems.append(_problem(at, sku, wrong))
    return problems


def _problem(row: RawRow, sku: str | None, wrong: _Wrong) -> FeedProblem:
    words = f"row {row.at}: {wrong.field} {wrong.what}." if wrong.field else f"row {row.at} {wrong.what}."
    return FeedProblem(row.at, sku, wrong.field, words, wrong.remedy)


def hours(span: timedelta) -> str:
    """A span in words: "24 h"."""
    return f"{span / timedelta(hours=1):g} h"
