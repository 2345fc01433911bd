"""The daily reconciliation (accounting.md 9): both sides asked anew, compared with our ledger, every difference named.

reconcile           ask, compare, keep
paper               what finance reads of a day
sign                who signed which version; it locks the day's report
days_to_reconcile   yesterday, and what of the week before is still open or was signed
    days_of_run         the days that one run of the DAG asks about
"""

from include.stages.reconciliation.days import days_of_run, days_to_reconcile
from include.stages.reconciliation.kept import paper
from include.stages.reconciliation.report import reconcile
from include.stages.reconciliation.signing import NotSignable, sign

__all__ = ["NotSignable", "days_of_run", "days_to_reconcile", "paper", "reconcile", "sign"]
