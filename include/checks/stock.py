"""What came in about stock: a quantity that is unknown or absurd must not reach the shop (design 4.18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from include.checks.suites import Expected, broken_of, frame_of, judge
from include.checks.verdict import Finding, Verdict
from include.domain.outcome import Hold

COLUMNS: Final = ("row", "sku", "place", "in_xero", "in_store", "pending")
QUANTITY_MAX: Final = 2_147_483_647  # at a location (reference bigcommerce.md 8)
WORDS: Final = {
    "quantity_known": "Its source tracks it and states no quantity on hand.",
    "quantity_sane": "Its source states a quantity that no shop can hold.",
    "store_level_sane": "The shop's level is below nothing or above what it can hold.",
    "sku_unique": "The SKU stands twice at one location: in its source or in the shop.",
}


@dataclass(frozen=True, slots=True)
class Level:
    """One tracked item as it was read, before anything is concluded."""

    sku: str
    location_id: int
    in_xero: Decimal | None
    in_store: int | None
    pending: int


def check_stock(levels: Sequence[Level]) -> tuple[Verdict, frozenset[str]]:
    """What is wrong, and the SKUs that are therefore not touched. No level at all passes without a rule."""
    if not levels:
        return Verdict((), (), ()), frozenset()
    rows = [
        {
            "row": index,
            "sku": each.sku,
            "place": f"{each.sku} at {each.location_id}",
            "in_xero": each.in_xero,
            "in_store": each.in_store,
            "pending": each.pending,
        }
        for index, each in enumerate(levels)
    ]
    suite = (
        Expected("quantity_known", "ExpectColumnValuesToNotBeNull", {"column": "in_xero"}),
        Expected(
            "quantity_sane",
            "ExpectColumnValuesToBeBetween",
            {"column": "in_xero", "min_value": -QUANTITY_MAX, "max_value": QUANTITY_MAX},
        ),
        Expected("store_level_sane", "ExpectColumnValuesToBeBetween", _between("in_store")),
        Expected("sku_unique", "ExpectColumnValuesToBeUnique", {"column": "place"}),
        Expected(
            "pending_sane",
            "ExpectColumnValuesToBeBetween",
            _between("pending"),
            "Units that wait for Xero cannot be fewer than none.",
        ),
    )
    judged = judge(frame_of(rows, COLUMNS), suite, "row")
    findings = tuple(
        Finding(index, rule, Hold("unknown_shape", f"{levels[index].sku}: {words}", {"sku": levels[index].sku}))
        for rule, words in WORDS.items()
        for index in judged[rule].rows
    )
    held = frozenset(levels[finding.order_key].sku for finding in findings)
    return Verdict(tuple(each.rule for each in suite), findings, tuple(broken_of(suite, judged))), held


def _between(column: str) -> dict[str, object]:
    return {"column": column, "min_value": 0, "max_value": QUANTITY_MAX}
