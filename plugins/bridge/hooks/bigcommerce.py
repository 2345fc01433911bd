"""The Connection "BigCommerce store" becomes a client of the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from bridge.hooks.fields import masked

if TYPE_CHECKING:
    from include.clients.bigcommerce import BigCommerce


class BigCommerceHook(BaseHook):
    """The shop behind a Connection. The fields are those of `plugins/provider`."""

    conn_name_attr = "bigcommerce_conn_id"
    default_conn_name = "bigcommerce_default"
    conn_type = "bigcommerce"
    hook_name = "BigCommerce store"

    def __init__(self, bigcommerce_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.bigcommerce_conn_id = bigcommerce_conn_id

    def get_conn(self, **kept: Any) -> BigCommerce:
        """A client with these keepers, to be closed. Raises ValueError for a field that is empty or cannot be right."""
        from include.clients.bigcommerce import BigCommerce
        from include.settings.connections import shop_arguments

        return BigCommerce.open(**masked(shop_arguments(self.get_connection(self.bigcommerce_conn_id))), **kept)

    def test_connection(self) -> tuple[bool, str]:
        """Ask the shop: whether it answers, which scopes the token has, calls left; or what to mend."""
        from bridge.hooks.trying import try_shop

        tried = try_shop(self.get_connection(self.bigcommerce_conn_id))
        return tried.worked, tried.said
