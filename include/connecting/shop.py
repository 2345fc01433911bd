"""A store's owner installs our app in BigCommerce: the link, and the token for the code that comes back.

BigCommerce brings no state back (docs/integrations/apps/guide/auth.mdx), so an answer is taken for this store alone. What
it sends where the owner cancels is not documented: then nobody comes back, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from include.clients.bigcommerce_install import Installed, install_link, token_for
from include.connecting.books import NotConnectedError
from include.settings.connections import Spoken, shop_login_url


def link_of(connection: Spoken, client_id: str) -> str:
    """The address that the store's owner opens."""
    return install_link(shop_login_url(connection), client_id)


def wrong_with(back: Mapping[str, str], store_hash: str) -> str:
    """Why an answer is not taken, in words; empty for one to be taken."""
    if back.get("context") != f"stores/{store_hash}":
        return f"This is not the answer of the store {store_hash}."
    return "" if back.get("code") else "There is no code in this answer."


def installed_by(
    connection: Spoken,
    back: Mapping[str, str],
    *,
    store_hash: str,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
) -> Installed:
    """The permanent token for the code that came back. Raises NotConnectedError, and as `token_for` does."""
    context = f"stores/{store_hash}"
    installed = token_for(
        shop_login_url(connection),
        client_id=client_id,
        client_secret=client_secret,
        code=back["code"],
        context=context,
        scope=back.get("scope", ""),
        redirect_uri=redirect_uri,
    )
    if installed.context != context:
        raise NotConnectedError(f"the token that came is not of the store {store_hash}.")
    return installed
