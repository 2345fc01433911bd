"""The settings that a run goes by: the store's file, overlaid with what people decided from now on (design 4.22)."""

from include.database.connection import Database
from include.settings.overlay import overlaid
from include.settings.store import Store


def as_decided(db: Database, store: Store) -> Store:
    """The store as its file and its decisions say. Raises SettingsError where they do not fit each other."""
    rows = db.rows("decisions.overrides", store=store.key)
    db.rollback()
    return overlaid(store, [(row["rule"], row["value"]) for row in rows])
