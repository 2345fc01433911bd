"""Products become items: extract, check, transform, load, audit, optional per store.

A run works on what the shop changed since the cursor, once a day on the whole catalogue, or, as a backfill, on what changed
since a given day; and on the batches that an earlier run left open. What a bookkeeper edited in Xero stays.
"""

from include.stages.items.check import check
from include.stages.items.extract import FLOW, extract
from include.stages.items.load import load
from include.stages.items.sealing import audit, mark_told, told, untold
from include.stages.items.transform import transform

__all__ = ["FLOW", "audit", "check", "extract", "load", "mark_told", "told", "transform", "untold"]
