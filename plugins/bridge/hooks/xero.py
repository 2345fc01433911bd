"""The Connection "Xero organisation" becomes a client of the books."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from bridge.hooks.fields import masked

if TYPE_CHECKING:
    from include.clients.xero import Xero


class XeroHook(BaseHook):
    """The organisation behind a Connection. The fields are those of `plugins/provider`."""

    conn_name_attr = "xero_conn_id"
    default_conn_name = "xero_default"
    conn_type = "xero"
    hook_name = "Xero organisation"

    def __init__(self, xero_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.xero_conn_id = xero_conn_id

    def get_conn(self, **kept: Any) -> Xero:
        """A client with these keepers, to be closed. Raises ValueError for a field that is empty or cannot be right.

        A consent is kept in the business database, also for who gives no keeper, as the Test button.
        """
        from include.clients.xero import Xero
        from include.settings.connections import books_arguments

        arguments = masked(books_arguments(self.get_connection(self.xero_conn_id)))
        if arguments.get("grant") == "authorization_code" and kept.get("tokens") is None:
            kept["tokens"] = self._kept_tokens()
        return Xero.open(**arguments, **kept)

    def _kept_tokens(self) -> Any:
        from include.keepers.tokens import tokens_of

        tokens = tokens_of(self.xero_conn_id, os.environ)
        if tokens is None:
            raise ValueError(
                f"Connection {self.xero_conn_id}: a consent needs BRIDGE_DSN and BRIDGE_KEY where tasks run"
            )
        return tokens

    def test_connection(self) -> tuple[bool, str]:
        """Ask the books for the organisation: whether it answers, which scopes there are, calls left; or what to mend."""
        from bridge.hooks.trying import try_books
        from include.clients.errors import ApiError

        try:
            with self.get_conn() as client:
                tried = try_books(self.get_connection(self.xero_conn_id), client)
        except (ApiError, ValueError) as error:
            return False, str(error)
        return tried.worked, tried.said
