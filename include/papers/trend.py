"""The thirty days up to the paper's as a drawing: where each bar stands, how high it is, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from include.domain.reconciliation import TrendDay
from include.papers.words import day, many

DAYS = 30
WIDTH, HEIGHT = 720, 150  # of the drawing, in its own units
TOP, BOTTOM = 22, 34  # room for the numbers above the bars, and for marks and dates below
STEP = WIDTH / DAYS
BAR = 15


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the drawing. `height` is 0 for a day without orders; `day` is None for one without a report."""

    x: float
    y: float
    height: float
    centre: float
    day: TrendDay | None
    label: str
    tick: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The drawing, and the sentence that says the same."""

    bars: tuple[Bar, ...]
    most: int
    sentence: str


def drawn(days: Sequence[TrendDay], last: date) -> Trend:
    """The trend of the thirty days that end with `last`; a day without a report leaves its place empty."""
    known = {each.day: each for each in days}
    shown = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    inside = [known[each] for each in shown if each in known]
    most = max((each.orders for each in inside), default=0)
    room = HEIGHT - TOP - BOTTOM
    bars = []
    for place, each in enumerate(shown):
        found = known.get(each)
        height = max(2.0, room * found.orders / most) if found and found.orders else 0.0
        bars.append(
            Bar(
                x=round(place * STEP + (STEP - BAR) / 2, 1),
                y=round(HEIGHT - BOTTOM - height, 1),
                height=round(height, 1),
                centre=round(place * STEP + STEP / 2, 1),
                day=found,
                label=f"{day(each)}: {_said(found)}",
                tick=f"{each.day} {each:%b}" if (DAYS - 1 - place) % 7 == 0 else "",
            )
        )
    return Trend(tuple(bars), most, _sentence(inside))


def _said(found: TrendDay | None) -> str:
    if found is None:
        return "no report"
    differences = many(found.differences, "difference") if found.differences else "they agree"
    return f"{many(found.orders, 'order')}, {differences}, {'signed' if found.is_signed else 'not signed'}"


def _sentence(inside: Sequence[TrendDay]) -> str:
    if not inside:
        return "No day of the last thirty has a report yet."
    agree = sum(1 for each in inside if not each.differences)
    signed = sum(1 for each in inside if each.is_signed)
    missing = DAYS - len(inside)
    said = f"Of {many(len(inside), 'day')} with a report, {many(agree, 'agrees', 'agree')}; {many(signed, 'is', 'are')} signed."
    return said + (
        f" {many(missing, 'day')} of the last thirty {'has' if missing == 1 else 'have'} no report." if missing else ""
    )
