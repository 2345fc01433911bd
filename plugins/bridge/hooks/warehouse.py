"""The Connection "Warehouse feed" becomes a client of the feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from bridge.hooks.fields import masked

if TYPE_CHECKING:
    from include.clients.warehouse import Warehouse


class WarehouseHook(BaseHook):
    """The warehouse feed behind a Connection. The fields are those of `plugins/provider`."""

    conn_name_attr = "warehouse_conn_id"
    default_conn_name = "warehouse_default"
    conn_type = "warehouse"
    hook_name = "Warehouse feed"

    def __init__(self, warehouse_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.warehouse_conn_id = warehouse_conn_id

    def get_conn(self, **kept: Any) -> Warehouse:
        """A client, to be closed. Raises ValueError for a field that is empty or cannot be right."""
        from include.clients.warehouse import Warehouse
        from include.settings.connections import warehouse_arguments

        return Warehouse.open(**masked(warehouse_arguments(self.get_connection(self.warehouse_conn_id))), **kept)

    def test_connection(self) -> tuple[bool, str]:
        """Read the feed: how much came of it, or what to mend."""
        from include.clients.errors import ApiError

        try:
            with self.get_conn() as client:
                feed = client.levels()
        except (ApiError, ValueError) as error:
            return False, str(error)
        skus = len({level.sku for level in feed.levels})
        read = f"The warehouse feed states {_counted(len(feed.levels), 'level')} of {_counted(skus, 'SKU')}."
        if not feed.problems:
            return True, f"{read} Nothing is wrong with it."
        first = feed.problems[0]
        said = f"Of its rows {len(feed.problems)} cannot be used; the first: {first.words} {first.remedy}"
        return True, f"{read} {said}"


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
