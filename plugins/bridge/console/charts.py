"""Small charts as drawings of the server: bars of thirty days, and the sentence that says the same to who does not see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, FOOT = 360, 84, 16


@dataclass(frozen=True)
class Bar:
    """One day: where it stands, how high it is, how much of that is marked, and what it says."""

    x: float
    y: float
    height: float
    marked: float
    label: str
    tick: str


@dataclass(frozen=True)
class Chart:
    """A drawing of `WIDTH` by `HEIGHT`."""

    title: str
    sentence: str
    bars: tuple[Bar, ...]
    width: float


def chart(title: str, days: Sequence[tuple[date, int, int]], one: str, marked: str) -> Chart:
    """A bar a day: how many, and how many of those are marked; `one` and `marked` say of what."""
    most = max((count for _, count, _ in days), default=0) or 1
    step = WIDTH / max(1, len(days))
    room = HEIGHT - FOOT
    bars = []
    for place, (day, count, odd) in enumerate(days):
        height = round(room * count / most, 1)
        share = round(room * min(odd, count) / most, 1)
        said = f"{day.day} {day:%B}: {count} {one}" + (f", {odd} {marked}" if odd else "")
        bars.append(
            Bar(
                round(place * step, 1),
                round(room - height, 1),
                height,
                share,
                said,
                f"{day.day} {day:%b}" if place % 7 == 1 and place < 28 else "",
            )
        )
    total, odd = sum(count for _, count, _ in days), sum(each for _, _, each in days)
    marks = f"; {odd} {marked}" if odd else ""
    sentence = f"{title}: {total} {one} in {len(days)} days, at most {most if total else 0} a day{marks}."
    return Chart(title, sentence, tuple(bars), round(step * 0.72, 1))
