"""Who is told what, by the alert settings of the store's file.

    finance.py      one letter about what newly needs a decision
    reconciliation.py   the day's report, and once that a day is still unsigned
    operations.py   a red task, and what to do about it
    mail.py         a letter: written from templates, sent through the Connection `smtp_default`

No letter names a person: an order's number is all that it takes.
"""
