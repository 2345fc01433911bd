"""The shadow reports as one page."""

from bridge.notifiers.shadow import shadow_letter
from include.database.connection import connect
from include.settings.store import SettingsError, read_store, store_files
from include.stages.orders.shadow import report

NONE = """<!doctype html><meta charset="utf-8"><title>Shadow report</title>
<body style="font-family:sans-serif;margin:40px;color:#1b2430"><h1>No store runs in shadow</h1>
<p>A store whose file says <code>mode: shadow</code> is planned and shown here, and nothing of it is written to Xero.</p>"""


def sheets() -> str:
    """A sheet for each store in shadow, one below the other; a sentence where there is none."""
    found = []
    with connect() as db:
        for path in store_files():
            try:
                store = read_store(path)
            except SettingsError:
                continue  # its DAGs are red and say so
            if store.file.mode == "shadow":
                found.append(shadow_letter(report(db, store), store).html)
    return "\n".join(found) or NONE
