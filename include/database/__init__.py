"""The only Python that speaks SQL. Statements live in `include/sql`, one file a table's concern.

connection.py   a connection, and the named statements
migrate.py      schema and roles, forward only
batches.py      windows, batches, raw parts, what is due           (extract owns these)
findings.py     check results                                      (check)
plans.py        planned documents and contacts                     (transform)
ledger.py       chunks, attempts, links, postings                  (load)
locks.py        one writer per subject
audit.py        counts and the sealed chain                        (audit)
reference.py    dated snapshots of the organisation
"""
