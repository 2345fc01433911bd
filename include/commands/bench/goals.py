"""The goals of speed as ratios (design 7), and whether a measured figure meets them. Nothing is measured here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """One goal. A figure meets it from `must` on: upwards where `more_is_better`, else downwards.

    unit   "x" for a ratio, "us" for microseconds, "" for a plain figure.
    """

    key: str
    words: str
    must: float
    moonshot: float
    more_is_better: bool = False
    unit: str = "x"

    def met(self, figure: float) -> str:
        """Which of the two the figure meets, or `missed`."""
        if self._reaches(figure, self.moonshot):
            return "moonshot"
        return "met" if self._reaches(figure, self.must) else "**missed**"

    def _reaches(self, figure: float, wanted: float) -> bool:
        return figure >= wanted if self.more_is_better else figure <= wanted


PEERS = (
    Goal("extract", "extract and store raw orders with lines, over dlt into PostgreSQL", 3, 6, more_is_better=True),
    Goal("cpu", "its CPU over dlt's", 1 / 3, 1 / 8),
    Goal("memory", "peak memory of the whole flow, five times the orders over once", 1.5, 1.2),
    Goal("shop_calls", "BigCommerce calls an order, payments not read", 0.0041, 0.0041, unit=""),
    Goal("xero_calls", "Xero calls a paid order, contacts known", 0.06, 0.041, unit=""),
    Goal(
        "load",
        "load at 150 ms over Xero's SDK in batches, write-ahead and ledger included",
        2.5,
        3.8,
        more_is_better=True,
    ),
    Goal("core", "read, plan and encode an order, one core", 250, 60, unit="us"),
)
LIMITS = (
    Goal("backfill", "backfill of 3,000 paid orders over the least time that the limits allow", 1.10, 1.03),
    Goal("refused", "answers 429 in it", 0, 0, unit=""),
    Goal("day", "orders posted in a day of 1,000 calls", 22_500, 24_500, more_is_better=True, unit=""),
    Goal("day_refused", "answers 429 in that day", 0, 0, unit=""),
)


def table(goals: Iterable[Goal], figures: Mapping[str, float], measured: Mapping[str, str]) -> list[str]:
    """Markdown: a row for each goal, its figure and whether it is met. What was not measured says so.

    figures    the figure of a goal by its key.     measured   from which two measurements it comes, in words.
    """
    lines = ["| goal | must | moonshot | measured | ours | |", "|---|---|---|---|---|---|"]
    for goal in goals:
        figure = figures.get(goal.key)
        ours, verdict = ("-", "not measured") if figure is None else (_shown(goal, figure), goal.met(figure))
        bounds = f"{_shown(goal, goal.must)} | {_shown(goal, goal.moonshot)}"
        lines.append(f"| {goal.words} | {bounds} | {measured.get(goal.key, '')} | {ours} | {verdict} |")
    return lines


def _shown(goal: Goal, figure: float) -> str:
    if goal.unit == "us":
        return f"{figure:.0f} us"
    if goal.unit == "x":
        return f"{figure:.2f} x"
    return f"{figure:,.0f}" if figure >= 100 or figure == int(figure) else f"{figure:.4f}"
