"""Stock flows back: extract, check, transform, load, audit, for the tracked items of Xero (accounting.md 8).

A run works on one batch: what both sides said of every tracked item at that moment. Nothing is adopted from a run before:
an old level is worth nothing, so an open batch of an earlier run is given up and said so.
"""

from include.stages.stock.decide import check, transform
from include.stages.stock.extract import FLOW, extract, preview
from include.stages.stock.load import load
from include.stages.stock.releasing import NothingHeld, held, release
from include.stages.stock.sealing import audit, exposure, told
from include.stages.stock.sources import Source, WarehouseFeed, xero_items
from include.stages.stock.terms import stock_policy

__all__ = [
    "FLOW",
    "NothingHeld",
    "Source",
    "WarehouseFeed",
    "audit",
    "check",
    "exposure",
    "extract",
    "held",
    "load",
    "preview",
    "release",
    "stock_policy",
    "told",
    "transform",
    "xero_items",
]
