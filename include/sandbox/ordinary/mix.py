"""Who gets what: the fixed mix of ordinary orders, seeded, so that the same seed is the same shop to the last cent."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final, TypeVar

#: The shares of the issue. They are independent of each other and overlap, as in life.
SHARES: Final[Mapping[str, str]] = {
    "discounted": "0.30",
    "guest": "0.25",
    "refunded": "0.10",
    "several_tenders": "0.08",
    "edited": "0.05",
    "foreign": "0.05",
    "gift_card": "0.03",
    "contact": "0.02",
}

T = TypeVar("T")


def traits_of(orders: int, seed: str) -> list[frozenset[str]]:
    """The traits of each order: exactly its share of the orders has each trait, rounded, whatever the seed."""
    having: dict[str, set[int]] = {}
    for name, share in SHARES.items():
        count = int(orders * int(share.replace(".", "")) / 100 + 0.5)
        having[name] = set(Random(f"{seed}/{name}").sample(range(orders), count))
    return [frozenset(name for name, chosen in having.items() if index in chosen) for index in range(orders)]


class Dice(Random):
    """Chances of one order. Seeded by text, so that one order's chances never shift another's."""

    def one_in(self, count: int) -> bool:
        """True once in so many."""
        return self.randrange(count) == 0

    def percent(self, share: int) -> bool:
        """True in so many of a hundred."""
        return self.randrange(100) < share

    def weighed(self, weights: Mapping[T, int]) -> T:
        """One of the keys, by its weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def one_of(self, choices: Sequence[T]) -> T:
        """Any of them."""
        return self.choice(choices)
