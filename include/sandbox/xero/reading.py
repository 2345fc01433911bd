"""Reading what a request says: numbers, dates, truth, and fields that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from include.sandbox.ground import NeverSeen


@dataclass
class Verdict:
    """What is said about one element: sentences that refuse it, and sentences that only warn."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, sentence: str) -> None:
        """Say why the element is refused; the same sentence is said once."""
        if sentence not in self.errors:
            self.errors.append(sentence)

    def warn(self, sentence: str) -> None:
        """Say what the bookkeeper should know."""
        self.warnings.append(sentence)


def number_of(element: Mapping[str, Any], name: str) -> Decimal | None:
    """A number of the request, sent as JSON number or text; None when missing or null. Raises NeverSeen."""
    value = element.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | float):
        raise NeverSeen(f"{name}={value!r} where a number is due")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise NeverSeen(f"{name}={value!r} where a number is due") from None
    if not number.is_finite():
        raise NeverSeen(f"{name}={value!r} where a number is due")
    return number


def text_of(element: Mapping[str, Any], name: str) -> str | None:
    """A text of the request, None when missing or null."""
    value = element.get(name)
    return None if value is None else str(value)


def is_true(value: object) -> bool:
    """A boolean of a body or a query: true, "true", "True" (the vendor's own SDK writes it with a capital)."""
    return value is True or str(value).lower() == "true"


def places_of(query: Mapping[str, str]) -> int:
    """The decimals of unit amounts: 2, or 4 with `unitdp=4`. Raises NeverSeen for another number."""
    given = query.get("unitdp", "2")
    if given not in ("2", "4"):
        raise NeverSeen(f"unitdp={given}")
    return int(given)


def decimals_of(number: Decimal) -> int:
    """How many decimals a number really has: 1.50 has one."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def known_only(element: object, names: Iterable[str], what: str) -> Mapping[str, Any]:
    """The element, provided that every field of it is one we know what to do with. Raises NeverSeen."""
    if not isinstance(element, Mapping):
        raise NeverSeen(f"{what} that is not an object")
    unknown = sorted(set(element) - set(names))
    if unknown:
        raise NeverSeen(f"{what} with {', '.join(unknown)}")
    return element
