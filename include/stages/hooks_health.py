"""Whether a store's webhooks are well, each hour: what was switched off is switched on again, and silence is noticed.

The runs by the clock find whatever no webhook tells, so nothing is lost meanwhile; it only comes later.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from include.clients.bigcommerce_hooks import Hook, Hooks
from include.database.connection import Database
from include.domain.alert import Alert
from include.settings.door_secret import HEADER, door_secret
from include.settings.store import Store
from include.stages.hooks import Compared, compared, destination, register, wanted

SILENT_AFTER = timedelta(hours=2)  # without any webhook, while orders change
SILENT_FROM_ORDERS = 3
LOOKS_BACK = timedelta(days=1)


def look_after(hooks: Hooks, db: Database, store: Store, now: datetime) -> list[Alert]:
    """Ask the shop which webhooks there are, mend what is not as wanted, and say what people should know.

    One call where all is well. Raises the clients' errors, and NoDoorError where the store names no door.
    """
    door, headers = destination(store), {HEADER: door_secret(store.key)}
    found = compared(wanted(store), door, headers, hooks.listed())
    alerts = list(_mended(hooks, found, door, headers, now))
    alerts += _silent(db, store, found.right, now) if found.is_complete and found.right else ()
    db.rollback()
    return alerts


def _mended(hooks: Hooks, found: Compared, door: str, headers: Mapping[str, str], now: datetime) -> Iterator[Alert]:
    if found.is_complete and not found.surplus:
        return
    done = register(hooks, found, door, headers)
    parts = [
        f"{count} {words}"
        for count, words in (
            (len(found.off), "were switched off"),
            (len(found.missing), "were missing"),
            (len(found.stale), "were not let in by the door"),
        )
        if count
    ]
    if parts and done.written:
        yield Alert(
            "webhooks",
            "mended",
            f"Of the shop's webhooks {', '.join(parts)}, and are mended.",
            "Nothing to do once. If it comes again, see whether the door is reached from outside (docs/door.md): a shop "
            "switches off what is not answered.",
            now,
        )
    for scope, words in done.refused.items():
        yield Alert(
            "webhooks",
            f"refused {scope}",
            f"The shop refuses our webhook {scope}: {words}",
            "Give our account the scope that it names, or switch off the flow that wants it. Orders come by the clock.",
            now,
        )


def _silent(db: Database, store: Store, right: Sequence[Hook], now: datetime) -> Iterator[Alert]:
    """Nothing was heard for a while, since the webhooks are as they are, though orders changed."""
    heard = db.value("door.heard", store=store.key)
    since = max(moment for moment in (heard, *(hook.changed_at for hook in right)) if moment is not None)
    if now - since < SILENT_AFTER:
        return
    changed = int(db.value("door.changed_unheard", store=store.key, since=max(since, now - LOOKS_BACK)))
    if changed < SILENT_FROM_ORDERS:
        return
    yield Alert(
        "webhooks",
        "silent",
        f"No webhook came since {since.astimezone(UTC):%d %B %H:%M} UTC, though {changed} orders changed in the shop.",
        "See whether the door is reached from outside: docs/door.md says how. Orders come by the clock meanwhile.",
        since,
        count=changed,
    )
