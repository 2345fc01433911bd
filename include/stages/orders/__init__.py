"""Orders become invoices: extract, check, transform, load, audit. Each reads the table on its left and writes its own.

Every stage takes batch ids, works on those whose state fits, and may be run again at any time. A batch that fails as a
whole turns red and is named at the end (`StageRed`); the others go on, and the next run adopts what was left.
"""

from include.stages.orders.audit import audit
from include.stages.orders.check import check
from include.stages.orders.extract import extract
from include.stages.orders.load import load
from include.stages.orders.run import LeftRed, Run, StageRed
from include.stages.orders.transform import transform

__all__ = ["LeftRed", "Run", "StageRed", "audit", "check", "extract", "load", "transform"]
