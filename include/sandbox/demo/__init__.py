"""The demo: a shop with one order for each thing that can happen, and the books that it is to fill.

    STORIES    order id -> a sentence for a person
    EXPECTED   order id -> what the books must show, worked out by hand from accounting.md (never by the integration):
               outcome ("posted", "held", "skipped"), reason (of held and skipped; None where no rule names one),
               and where an invoice is due: total, tax, paid (text, two decimals), invoice_status; credited (a refund's
               credit note); days_later (the invoice's date, in Sydney, is that many days after the UTC date of the order);
               may_hold: True where an integration may, for now, hold instead, as long as it says why.
    furnish    puts all of it into a town
    stock      what the books have on hand and the shop on its shelf, and what both should show in the end

All orders were placed in the seven days before the day that the town's clock shows, at fixed times, ids from 1001.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from include.sandbox.demo import stock
from include.sandbox.demo.corners import CORNERS
from include.sandbox.demo.fates import FATES
from include.sandbox.demo.organisation import ACCOUNTS, CURRENCIES, ORGANISATION, TAX_RATES
from include.sandbox.demo.sales import SALES
from include.sandbox.demo.scene import Expected, Scene
from include.sandbox.order_builder import JsonObject

if TYPE_CHECKING:
    from include.sandbox.town import Town

__all__ = ["EXPECTED", "STORIES", "bundles", "furnish", "invoice_date"]

FIRST_ID = 1001

_BY_ID: dict[int, Scene] = dict(enumerate((*SALES, *FATES, *CORNERS), FIRST_ID))

STORIES: dict[int, str] = {order_id: scene.story for order_id, scene in _BY_ID.items()}
EXPECTED: dict[int, Expected] = {order_id: scene.expected for order_id, scene in _BY_ID.items()}


def bundles(now: datetime) -> list[JsonObject]:
    """Every order of the demo as the shop states it, seen from `now`, by id."""
    return [scene.bundle(order_id, now) for order_id, scene in _BY_ID.items()]


def invoice_date(order_id: int, now: datetime) -> date:
    """The date that the order's invoice bears, in the organisation's zone. `now` is the moment of furnishing."""
    scene = _BY_ID[order_id]
    return scene.placed_at(now).date() + timedelta(days=scene.expected.get("days_later", 0))


def furnish(town: Town) -> None:
    """Fill an empty town: the shop with its orders, the books with accounts, tax rates and some items, both with stock."""
    for bundle in bundles(town.clock.now()):
        town.shop.put(bundle)
    town.shop.notes.update(STORIES)
    town.books.set_up(organisation=ORGANISATION, accounts=ACCOUNTS, tax_rates=TAX_RATES, currencies=CURRENCIES)
    stock.furnish(town)
