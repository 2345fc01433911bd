"""Who is told what, by the alert settings of the store's file (docs/alerts.md).

    News, each in a letter of its own: it is told once, and marked so in the transaction that posts the letter
        finance.py      what newly needs a decision          shadow.py         what a live run would post
        reconciliation.py   the day's report                 stock.py, items.py, customers.py, drift.py
    What lasts
        alerts.py       a cause is told once, recalled, and told to be over
        operations.py   a task of Airflow is red, and what to do about it
        webhooks.py     how the shop's webhooks are
        looking.py      all stores, one after the other: what tell_people and keep_house do
        greens.py       whether a DAG is green again
    The way out
        posting.py      into the outbox with what it tells of, then by mail and chat
        mail.py         a letter of two parts, from `templates/`; Airflow's `smtp_default`
        chat.py         a webhook of a chat, by an http Connection
        links.py        to the console and to Airflow's pages
    samples.py, trying.py   `make alert-test`

No letter names a person: an order's number is all that it takes.
"""
