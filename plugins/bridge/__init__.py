"""Airflow's side: how `include` is scheduled, wired, tried again, and heard of.

    store_dags.py   a store's DAGs out of its file; a mistake in one file leaves the others alone
    chapters.py     the tasks that both order flows are made of; stock_ and summary_chapters.py hold those of the others
    wiring.py       opens what a task needs: shop, books, database, the run
    retrying.py     what follows a failed task, by whose turn it is
    sleeping.py     a vendor that is closed for hours; console/asleep.js shows it on Airflow's pages
    hooks/          an Airflow Connection becomes a client
    notifiers/      who is told what, by e-mail

Imported at parse time: only Airflow, and our settings. Clients, stages and templates are imported when a task runs.
"""
