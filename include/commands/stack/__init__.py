"""The whole product on one machine, without Docker and without an account: what `make demo`, `make up` and tests run on.

    local.py       local_stack(...): starts the parts in order, stops them in reverse; the front door
    postgres.py    PostgreSQL 18 out of a wheel, as root and as a user; a database for Airflow, one for the business
    sandbox.py     both vendors (include/sandbox, a process of its own) and the Connections that lead to it
    mailbox.py     a mail catcher with a page; mailbox_page.py is how that looks
    airflow.py     api-server, scheduler, dag-processor, triggerer; airflow_settings.py is what they are told
    airflow_api.py trigger, wait, backfill: what a person would click, over Airflow's REST API
    processes.py   start, watch and stop one process; state.py remembers them; guard.py ends them if we are killed
    places.py      folders, ports; keys.py: passwords, made once a checkout
    progress.py    a line a step

Nothing is touched outside the folder that the caller gives (`.local` in the checkout). It listens on 127.0.0.1 alone.
"""
