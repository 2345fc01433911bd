"""The same expectations judged without Great Expectations: for orders within seconds, which cannot pay its import of five
seconds, and for the many runs of the faults' harness.

The suites are the same objects; that both judge alike is a test (tests/faults). What is not known here is a fault, as
there. An order that came in within seconds is judged by Great Expectations in the next run by the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from include.checks.suites import Expected, Judgement

Row = dict[str, Any]


class PlainFrame(list[Row]):
    """Rows with the names of their columns."""

    columns: tuple[str, ...] = ()


def plain_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> PlainFrame:
    """What `frame_of` is to pandas."""
    frame = PlainFrame({name: row[name] for name in columns} for row in rows)
    frame.columns = tuple(columns)
    return frame


def judge_plainly(frame: PlainFrame, expected: Sequence[Expected], key: str) -> dict[str, Judgement]:
    """What `judge` is to Great Expectations."""
    return {each.rule: _judged(frame, each, key) for each in expected}


def _judged(frame: PlainFrame, each: Expected, key: str) -> Judgement:
    whole = _OF_THE_WHOLE.get(each.kind)
    if whole is not None:
        return Judgement(each.rule, whole(frame, each.arguments))
    fails = _OF_A_ROW.get(each.kind)
    if fails is None:
        return Judgement(each.rule, False, fault=f"{each.kind} is not known here.")
    rows = tuple(dict.fromkeys(int(row[key]) for row in fails(frame, each.arguments)))
    return Judgement(each.rule, not rows, rows)


def _not_unique(frame: PlainFrame, asked: Mapping[str, Any]) -> list[Row]:
    counts = Counter(row[asked["column"]] for row in frame if row[asked["column"]] is not None)
    return [row for row in frame if counts[row[asked["column"]]] > 1]


def _pairs(frame: PlainFrame, asked: Mapping[str, Any]) -> list[tuple[Row, Any, Any]]:
    pairs = [(row, row[asked["column_A"]], row[asked["column_B"]]) for row in frame]
    return [(row, first, second) for row, first, second in pairs if first is not None and second is not None]


def _known(frame: PlainFrame, asked: Mapping[str, Any]) -> list[tuple[Row, Any]]:
    return [(row, row[asked["column"]]) for row in frame if row[asked["column"]] is not None]


_OF_THE_WHOLE: dict[str, Callable[[PlainFrame, Mapping[str, Any]], bool]] = {
    "ExpectTableRowCountToEqual": lambda frame, asked: len(frame) == asked["value"],
    "ExpectTableColumnsToMatchSet": lambda frame, asked: set(frame.columns) == set(asked["column_set"]),
}
_OF_A_ROW: dict[str, Callable[[PlainFrame, Mapping[str, Any]], list[Row]]] = {
    "ExpectColumnValuesToBeNull": lambda frame, asked: [row for row, _ in _known(frame, asked)],
    "ExpectColumnValuesToNotBeNull": lambda frame, asked: [row for row in frame if row[asked["column"]] is None],
    "ExpectColumnValuesToBeUnique": _not_unique,
    "ExpectColumnValuesToBeBetween": lambda frame, asked: [
        row for row, value in _known(frame, asked) if not asked.get("min_value", value) <= value <= asked["max_value"]
    ],
    "ExpectColumnValuesToBeInSet": lambda frame, asked: [
        row for row, value in _known(frame, asked) if value not in asked["value_set"]
    ],
    "ExpectColumnPairValuesToBeEqual": lambda frame, asked: [
        row for row, first, second in _pairs(frame, asked) if first != second
    ],
    "ExpectColumnPairValuesAToBeGreaterThanB": lambda frame, asked: [
        row for row, first, second in _pairs(frame, asked) if not first >= second
    ],
}
