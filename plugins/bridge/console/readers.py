"""Who looks at the console, and what they may.

Airflow says who it is and what its roles allow; a store's file says who decides about its money (design 4.21):

    sees a store        may read its DAG `orders_to_books__KEY` in Airflow
    runs a store        may start runs of that DAG: backfill, pause
    decides             is listed in the store's `deciders`, whatever the role: an admin who is not listed is refused
    sees people         decides: names and addresses of customers are for those who need them to decide
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import Depends

from bridge.console.saying import Said

if TYPE_CHECKING:
    from include.settings.store import Store

FLOW = "orders_to_books"


@dataclass(frozen=True)
class Reader:
    """One who is logged in to Airflow. `stores` are those they may see, by key."""

    user: Any
    stores: Mapping[str, Store]

    @property
    def name(self) -> str:
        """The name in Airflow, which a store's `deciders` list."""
        return str(self.user.get_name())

    def store(self, key: str, back_url: str = "today") -> Store:
        """The store of that key; without one the first. Raises Said where there is none that this reader may see."""
        if not key and self.stores:
            return next(iter(self.stores.values()))
        if key in self.stores:
            return self.stores[key]
        if key in _found()[1] and may(self.user, key, "GET"):
            raise Said(409, "The store's file has a mistake", _found()[1][key], back_url)
        raise Said(404, "No such store", "There is no store of that name that you may see.", back_url)

    def may_run(self, store: Store) -> bool:
        """Whether they may start runs of the store's flows."""
        return may(self.user, store.key, "POST", DagAccessEntity.RUN)

    def decides(self, store: Store) -> bool:
        """Whether they decide about the store's money."""
        return self.name in store.file.deciders

    def sees_people(self, store: Store) -> bool:
        """Whether customers' names and addresses are shown to them."""
        return self.decides(store)


def reader(user: GetUserDep) -> Reader:
    """Who asks. A stranger never comes so far: Airflow answers 401."""
    stores, _ = _found()
    return Reader(user, {key: store for key, store in stores.items() if may(user, key, "GET")})


ReaderDep = Annotated[Reader, Depends(reader)]


def may(user: Any, store_key: str, method: Any, entity: DagAccessEntity | None = None) -> bool:
    """Whether Airflow lets them do so with the store's main DAG."""
    details = DagDetails(id=f"{FLOW}__{store_key}")
    return bool(get_auth_manager().is_authorized_dag(method=method, access_entity=entity, details=details, user=user))


def _found() -> tuple[Mapping[str, Store], Mapping[str, str]]:
    """All stores, and what is wrong with the files that cannot be read. Files are read again once one of them changes."""
    from include.settings.store import store_files

    stamps = []
    for path in store_files():
        told = path.stat()
        stamps.append((str(path), told.st_mtime_ns, told.st_size))
    return _read(tuple(stamps))


@lru_cache(maxsize=4)
def _read(stamps: tuple[tuple[str, int, int], ...]) -> tuple[Mapping[str, Store], Mapping[str, str]]:
    from pathlib import Path

    from include.settings.store import SettingsError, read_store

    stores, mistakes = {}, {}
    for path in (Path(name) for name, _, _ in stamps):
        try:
            stores[path.stem] = read_store(path)
        except SettingsError as mistake:
            mistakes[path.stem] = str(mistake)
    return stores, mistakes
