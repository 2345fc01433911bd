"""What came in about products: a name that is missing or a price that is absurd must not reach the books (design 4.18)."""

from collections.abc import Sequence
from typing import Any, Final

from include.checks.suites import Expected, broken_of, frame_of, judge
from include.checks.verdict import Finding, Verdict
from include.domain.item import PRICE_MAX, Sellable
from include.domain.outcome import Hold

COLUMNS: Final = ("row", "sku", "name", "price")
HOLDS: Final = {
    "name_known": ("missing_field", "The shop gives it no name."),
    "price_sane": ("unknown_shape", "Its price is below nothing or beyond any shop's."),
    "sku_unique": ("sku_twice", "Its SKU stands at two products of the shop."),
}


def check_items(sellables: Sequence[Sellable]) -> Verdict:
    """What is wrong, by the place of each in the sequence and by its key. No product at all passes without a rule."""
    if not sellables:
        return Verdict()
    rows: list[dict[str, Any]] = [
        {"row": index, "sku": each.sku or None, "name": each.name.strip() or None, "price": each.price}
        for index, each in enumerate(sellables)
    ]
    suite = (
        Expected("name_known", "ExpectColumnValuesToNotBeNull", {"column": "name"}),
        Expected(
            "price_sane",
            "ExpectColumnValuesToBeBetween",
            {"column": "price", "min_value": 0, "max_value": float(PRICE_MAX)},
        ),
        Expected("sku_unique", "ExpectColumnValuesToBeUnique", {"column": "sku"}),
    )
    judged = judge(frame_of(rows, COLUMNS), suite, "row")
    findings = tuple(
        Finding(index, rule, Hold(reason, f"{sellables[index].key}: {words}", {"key": sellables[index].key}))
        for rule, (reason, words) in HOLDS.items()
        for index in judged[rule].rows
    )
    return Verdict(tuple(each.rule for each in suite), findings, tuple(broken_of(suite, judged)))
