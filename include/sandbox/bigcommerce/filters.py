"""What the V2 order list can be asked for, and in which order it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from include.sandbox.bigcommerce.answers import UnsettledError
from include.sandbox.bigcommerce.moments import read
from include.sandbox.bigcommerce.shop import Kept

#: Parameters that choose orders. `is_deleted` stood in older documents only, `min_total` and `max_total` do not say
#: which of the totals they mean: those are asked in vain (501).
FILTERS = (
    "min_id",
    "max_id",
    "customer_id",
    "email",
    "status_id",
    "cart_id",
    "payment_method",
    "min_date_created",
    "max_date_created",
    "min_date_modified",
    "max_date_modified",
    "channel_id",
    "external_order_id",
)

_SORTED_BY: dict[str, Callable[[Kept], Any]] = {
    "id": lambda kept: kept.order["id"],
    "customer_id": lambda kept: kept.order["customer_id"],
    "date_created": lambda kept: kept.created,
    "date_modified": lambda kept: kept.modified,
    "status_id": lambda kept: kept.order["status_id"],
    "channel_id": lambda kept: kept.order["channel_id"],
}

_EQUAL_TEXT = ("cart_id", "payment_method", "external_order_id")
_EQUAL_NUMBER = ("customer_id", "status_id", "channel_id")


def keeps(query: Mapping[str, str]) -> Callable[[Kept], bool]:
    """The test that the query's filters make together. Bounds include their end: the vendor does not say whether.

    Raises UnsettledError for a value whose effect is not known, e.g. a date without a zone.
    """
    tests = [_test(name, query[name]) for name in FILTERS if name in query]
    return lambda kept: all(test(kept) for test in tests)


def sorted_by(query: Mapping[str, str]) -> tuple[Callable[[Kept], Any], bool]:
    """The key of the order asked for, and whether it runs backwards; by id when nothing is asked."""
    name, _, direction = query.get("sort", "id:asc").partition(":")
    if name not in _SORTED_BY or direction not in ("", "asc", "desc"):
        raise UnsettledError(f"sort={query['sort']}")
    return _SORTED_BY[name], direction == "desc"


def _test(name: str, value: str) -> Callable[[Kept], bool]:
    if name in _EQUAL_TEXT:
        return lambda kept: bool(kept.order.get(name) == value)
    if name == "email":
        return lambda kept: bool(kept.order["billing_address"]["email"] == value)
    if "date" in name:
        return _date_test(name, value)
    if not value.isdigit():
        raise UnsettledError(f"{name}={value!r}, which is not one number")
    number = int(value)
    if name in _EQUAL_NUMBER:
        return lambda kept: bool(kept.order[name] == number)
    return (
        (lambda kept: bool(kept.order["id"] >= number))
        if name == "min_id"
        else (lambda k: bool(k.order["id"] <= number))
    )


def _date_test(name: str, value: str) -> Callable[[Kept], bool]:
    bound = read(value)
    if bound is None:
        raise UnsettledError(
            f"{name}={value!r}: neither RFC 2822 nor ISO 8601 with an offset (is its + encoded as %2B?)"
        )

    def moment_of(kept: Kept) -> datetime:
        return kept.created if name.endswith("created") else kept.modified

    return (
        (lambda kept: moment_of(kept) >= bound) if name.startswith("min") else (lambda kept: moment_of(kept) <= bound)
    )
