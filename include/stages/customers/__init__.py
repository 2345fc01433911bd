"""Customers become contacts ahead of their orders: extract, check, transform, load, audit (accounting.md 6).

A contact is found or made by the very code that orders use, under the same locks and links; what is new here is that an
account's later changes arrive in it, field by field, and never over a bookkeeper's.
"""

from include.stages.customers.check import check
from include.stages.customers.extract import FLOW, extract
from include.stages.customers.load import load
from include.stages.customers.sealing import audit
from include.stages.customers.transform import transform

__all__ = ["FLOW", "audit", "check", "extract", "load", "transform"]
