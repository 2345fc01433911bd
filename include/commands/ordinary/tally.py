"""How ordinary orders fared: shares, reasons, and what is wrong, as people read it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.commands.ordinary.booked import Result

COLUMNS = ("shop", "orders", "held by rule", "count", "posted", "share", "held else", "wrong", "no sale")
WRONG_SHOWN_MAX = 5
SENTENCE_MAX = 160


@dataclass(frozen=True)
class Tally:
    """One shop's orders. What came to nothing in the shop (`no_sales`) is no order of the mix, and is beside the count."""

    shop: str
    results: Sequence[Result]

    @property
    def orders(self) -> list[Result]:
        """The orders of the mix."""
        return [each for each in self.results if each.sale.due != "skipped"]

    @property
    def no_sales(self) -> list[Result]:
        """What came to nothing in the shop, and must leave nothing in the books."""
        return [each for each in self.results if each.sale.due == "skipped"]

    @property
    def held_by_rule(self) -> list[Result]:
        """Orders that accounting.md itself holds, held for that very reason."""
        return [each for each in self.orders if each.outcome == "held" and _is_by_rule(each)]

    @property
    def counted(self) -> int:
        """The orders that must post without a person."""
        return len(self.orders) - len(self.held_by_rule)

    @property
    def posted(self) -> int:
        """Those that did."""
        return sum(1 for each in self.orders if each.outcome == "posted")

    @property
    def share(self) -> Decimal:
        """Posted of counted, in percent."""
        return Decimal(100 * self.posted) / self.counted if self.counted else Decimal(100)

    @property
    def held_else(self) -> list[Result]:
        """Orders that should have posted, and what came to nothing and still asks for a person."""
        held = [each for each in self.orders if each.outcome not in ("posted", "skipped") and not _is_by_rule(each)]
        return held + [each for each in self.no_sales if each.outcome != "skipped"]

    @property
    def wrong(self) -> list[Result]:
        """Orders of which the books show something else than the shop charged, and those that were passed over."""
        return [each for each in self.results if each.wrong or (each.outcome == "skipped" and each in self.orders)]


def _is_by_rule(result: Result) -> bool:
    rule = result.sale.rule
    return rule is not None and any(each.reason == rule.reason for each in result.reasons)


def table(tallies: Iterable[Tally]) -> list[str]:
    """A line a shop, and below it the reasons and the first orders that are wrong."""
    known = list(tallies)
    cells = [
        (
            each.shop,
            *(f"{count}" for count in (len(each.orders), len(each.held_by_rule), each.counted, each.posted)),
            f"{each.share:.2f} %",
            *(f"{count}" for count in (len(each.held_else), len(each.wrong), len(each.no_sales))),
        )
        for each in known
    ]
    widths = [max(len(row[index]) for row in (COLUMNS, *cells)) for index in range(len(COLUMNS))]
    lines = ["  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in (COLUMNS, *cells)]
    for each in known:
        lines += _reasons(each)
    return lines


def _reasons(tally: Tally) -> Iterator[str]:
    rules = Counter(each.sale.rule for each in tally.held_by_rule)
    for rule, count in sorted(rules.items(), key=lambda item: -item[1]):
        if rule is not None:
            yield f"{tally.shop}: {count} held by accounting.md {rule.section}, {rule.reason}: {rule.words}"
    names = Counter(_first_reason(each) for each in tally.held_else)
    for name, count in names.most_common():
        example = next(each for each in tally.held_else if _first_reason(each) == name)
        words = example.reasons[0].sentence[:SENTENCE_MAX] if example.reasons else example.outcome
        yield f"{tally.shop}: {count} held although they should post, {name}; order {example.sale.order_id}: {words}"
    for each in tally.wrong[:WRONG_SHOWN_MAX]:
        words = "; ".join(each.wrong) or "skipped, and it is a sale"
        yield f"{tally.shop}: WRONG, order {each.sale.order_id} ({', '.join(sorted(each.sale.traits))}): {words}"
    if len(tally.wrong) > WRONG_SHOWN_MAX:
        yield f"{tally.shop}: {len(tally.wrong) - WRONG_SHOWN_MAX} more are wrong"


def _first_reason(result: Result) -> str:
    return result.reasons[0].reason if result.reasons else result.outcome
