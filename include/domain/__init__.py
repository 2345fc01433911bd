"""The rules of the books: pure, typed, total. No Airflow, no HTTP, no SQL, no clock.

    nouns       money   order   document   outcome   policy
    decisions   proof ── what was sold, proved by the order's own lines        (T3)
                status ─ whether, and how far, an order enters the books       (accounting.md 4)
                tax ──── the tax type that explains a line                     (accounting.md 3)
                xero_arithmetic ─ what Xero will compute, before it does       (T6)
                invoice  payment  refund  contact ─ the documents
                plan ─── one order in, one decision a document out
                difference ─ the plan against what the books already hold      (T7)
    rules       what a record must satisfy before it is planned

Bad data is a value here (`Hold`, `Skip`), never an exception.
"""
