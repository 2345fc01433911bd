"""How the shop's webhooks are, kept and told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.notifiers.alerts import tell

if TYPE_CHECKING:
    from include.clients.bigcommerce import BigCommerce
    from include.database.connection import Database
    from include.settings.store import Store


def look_after(shop: BigCommerce, db: Database, store: Store) -> int:
    """Mend them, keep what is wrong with them and what is over, and tell; how much is wrong. Raises the clients' errors."""
    from include.stages.alerts.keeping import observe
    from include.stages.hooks_health import look_after as mended

    now = datetime.now(UTC)
    found = mended(shop.hooks, db, store, now)
    with db.transaction():
        observe(db, store.key, found, ("webhooks",), now)
    tell(db, store, now)
    return len(found)
