"""The shop asked anew about a day: its orders and its refunds, by the list, 250 an answer. No call an order.

What a list does not say of an order (its tenders, its tax rows) is taken as it was read last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from include.clients.bigcommerce import BigCommerce
from include.database.connection import Database
from include.domain.order import Order, Refund
from include.settings.store import Store
from include.stages.orders.parts import content_of, read_order
from include.stages.reconciliation.days import TheDay
from include.wire.bigcommerce_refunds import refunds_listed
from include.wire.bigcommerce_rows import Problem

GONE_ASKED_MAX = 250  # orders that the list does not show are asked for one by one, up to so many

Read = Order | tuple[Problem, ...]


@dataclass(slots=True)
class ShopSaid:
    """What the shop said of the day.

    heads     each order's own part, by its number
    refunds   by refund number: the order's number, and the refund
    unread    refunds that cannot be read
    """

    heads: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    refunds: dict[int, tuple[int, Refund]] = field(default_factory=dict)
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """An order as it was read last: its parts, and the day that the shop had when it was placed."""

    parts: Mapping[str, Any]
    placed_in_shop: date | None
    placed_then: bool  # within the day that is asked about, on either side


def ask_shop(shop: BigCommerce, the_day: TheDay) -> ShopSaid:
    """Ask for the day's orders and refunds. Raises the client's errors."""
    said = ShopSaid()
    for page in shop.orders(the_day.window, by="created"):
        for part in page:
            order = read_order({"order": part.content})
            if not isinstance(order, Order) or the_day.is_meant(order.created_at):
                said.heads[int(part.content["id"])] = part.content
    for listed in shop.refunds_since(the_day.window.start):
        found, unread = refunds_listed(listed.content)
        said.unread += unread
        said.refunds |= {
            refund.id: (order_id, refund)
            for order_id, refund in found
            if refund.created_at is not None and the_day.is_meant(refund.created_at)
        }
    return said


def known_orders(db: Database, store: Store, the_day: TheDay, order_keys: list[int]) -> dict[int, Known]:
    """These orders as they were extracted last."""
    rows = db.rows("stock.parts", store=store.key, order_keys=order_keys) if order_keys else []
    db.rollback()
    found = {}
    for key, group in groupby(rows, key=lambda row: int(row["order_key"])):
        parts = list(group)
        placed = next((row["placed_at"] for row in parts if row["placed_at"] is not None), None)
        found[key] = Known(
            {row["part"]: content_of(row["body"]) for row in parts},
            None if placed is None else the_day.in_shop(placed),
            placed is not None and the_day.is_meant(placed),
        )
    return found


def gone_from(shop: BigCommerce, said: ShopSaid, expected: list[int]) -> set[int]:
    """Those of these orders that the shop does not have any more; one that only its list left out joins what it said."""
    gone = set()
    for at, key in enumerate(sorted(expected)):
        found = shop.order(key) if at < GONE_ASKED_MAX else None
        if found is None:
            gone.add(key)
        else:
            said.heads[key] = found.content
    return gone


def as_of_now(said: ShopSaid, known: Mapping[int, Known], key: int) -> Read:
    """The order as it was asked anew, with the parts that were read of it last."""
    parts = dict(known[key].parts) if key in known else {}
    if key in said.heads:
        parts["order"] = said.heads[key]
    return read_order(parts)
