"""The flow. Each file is one chapter, its functions in the order they run.

reference.py    what the organisation is, as a dated snapshot
orders/         extract -> check -> transform -> load -> audit
"""
