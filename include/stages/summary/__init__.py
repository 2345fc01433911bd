"""Daily summaries: the orders of a day become one invoice (accounting.md 10). Orders are checked and planned one by one.

marking.py     transform says which planned documents belong to their day's
joining.py     load keeps those as members instead of sending them
gathering.py   once the day is over: its documents, planned from its members, in a batch of their own
telling.py     load's word to each order, and the proof that all have one (T1)
kept.py        a member as it is stored

The batch of a day is loaded and sealed by the stages of the orders: the same write-ahead, locks, links and switches.
"""

from include.stages.summary.gathering import gather

__all__ = ["gather"]
