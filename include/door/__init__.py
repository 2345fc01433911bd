"""The webhook door: what the vendors' webhooks say is kept within milliseconds, whatever state the scheduler is in.

    proof.py    whether it is from whom it says: a secret header, a signature
    known.py    which stores there are, and their secrets
    keeping.py  many events, one commit; then what they are about is due, and the bell rings
    app.py      the two addresses, and what they answer

Mounted in Airflow's api-server (plugins/bridge/console), or alone: `python -m include.commands.door`.
"""
