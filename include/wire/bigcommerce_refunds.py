"""BigCommerce's list of refunds, as far as it tells whose order must be read again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from include.domain.order import Refund
from include.wire.bigcommerce_money import refund_of
from include.wire.bigcommerce_rows import MisreadError
from include.wire.bigcommerce_shapes import moment, whole

# What the books depend on (orders.v3.yml, Refund). Not the transaction, which is filled in later, nor a person's words.
_OF_REFUND = ("order_id", "created", "total_amount", "total_tax", "uses_merchant_override_values")
_OF_ITEM = ("item_type", "item_id", "quantity", "requested_amount", "adjustments")
_OF_PAYMENT = ("id", "provider_id", "amount", "offline", "is_declined")


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund as it stands today. `created_at` is None where it cannot be read."""

    refund_id: int
    order_id: int
    created_at: datetime | None
    digest: str


def refund_states(content: Any) -> tuple[list[RefundState], int]:
    """The refunds of a page, each once, and how many rows do not say which refund or order they are of."""
    rows = content.get("data") if isinstance(content, Mapping) else None
    found: dict[int, RefundState] = {}
    unread = 0
    for row in rows if isinstance(rows, list) else ():
        try:
            state = RefundState(whole(row["id"]), whole(row["order_id"]), _created(row), _digest(row))
        except (KeyError, TypeError, ValueError):
            unread += 1
        else:
            found[state.refund_id] = state
    return list(found.values()), unread


def refunds_listed(content: Any) -> tuple[list[tuple[int, Refund]], int]:
    """The refunds of a page of the store's list, each with its order's number, and how many rows cannot be read."""
    rows = content.get("data") if isinstance(content, Mapping) else None
    found: list[tuple[int, Refund]] = []
    unread = 0
    for at, row in enumerate(rows if isinstance(rows, list) else ()):
        try:
            found.append((whole(row["order_id"]), refund_of(row, at)))
        except (KeyError, TypeError, ValueError, MisreadError):
            unread += 1
    return found, unread


def _created(row: Mapping[str, Any]) -> datetime | None:
    try:
        return moment(row.get("created"))
    except ValueError:
        return None


def _digest(row: Mapping[str, Any]) -> str:
    facts = [
        [_plain(row.get(name)) for name in _OF_REFUND],
        _picked(row.get("items"), _OF_ITEM),
        _picked(row.get("payments"), _OF_PAYMENT),
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _picked(rows: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(rows, list):
        return _plain(rows)
    return [[_plain(row.get(name)) for name in names] if isinstance(row, Mapping) else _plain(row) for row in rows]


def _plain(value: Any) -> Any:
    """A value as JSON takes it, numbers by what they are worth: 22, 22.0 and 22.00 are one amount."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        try:
            return str(Decimal(value).normalize())
        except ArithmeticError:  # an exponent beyond all money
            return str(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return value
