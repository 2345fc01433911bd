"""The order of the questions: what later ones rest upon comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from include.clients.errors import ApiError
from include.commands.doctor.books import ask_the_books
from include.commands.doctor.house import ask_about_mail, ask_about_the_key, ask_airflow, ask_the_database
from include.commands.doctor.pace import ask_about_pace
from include.commands.doctor.shop import ShopFound, ask_the_shop
from include.commands.doctor.tokens import SCOPES_CHECK, ask_about_tokens, consent_as_kept
from include.commands.doctor.warehouse import ask_the_warehouse
from include.commands.surroundings import Surroundings
from include.settings.connections import Connection, NoConnectionError, read
from include.settings.finding import Finding, fail, not_asked, ok
from include.settings.store import SettingsError, Store, store_named

Ask = Callable[[Connection, Store, ShopFound], Iterator[Finding]]


def examine(store_key: str, around: Surroundings) -> Iterator[Finding]:
    """Every finding about a store, as it is found. Each thing is asked for real; nothing is written."""
    try:
        store = store_named(store_key)
        store.policy()
    except SettingsError as error:
        for mistake in str(error).splitlines():
            yield fail("settings", mistake, "Correct that line; include/settings/store.py says what is allowed.")
        return
    yield ok("settings", f"{store.path.name} can be read; orders from {store.file.start_from:%Y-%m-%d} on.")
    shop = ShopFound()
    yield from _of_connection(store.file.bigcommerce.connection, ask_the_shop, store, shop, around)
    yield from _of_connection(
        store.file.xero.connection, lambda *known: _the_books(*known, around=around), store, shop, around
    )
    yield from ask_the_warehouse(store, around.environment)
    yield from ask_the_database(around.environment)
    yield from ask_about_pace(store, around.environment)
    yield ask_about_the_key(around.environment)
    yield from ask_airflow(store, around)
    yield from ask_about_mail(store, around.environment)


def _the_books(connection: Connection, store: Store, shop: ShopFound, *, around: Surroundings) -> Iterator[Finding]:
    """The tokens first, as they are kept; then Xero itself, unless only a refresh would let us in: that is a run's work."""
    tokens = consent_as_kept(connection, around.environment)
    found = list(ask_about_tokens(connection, around.environment, f"make connect-xero STORE={store.key}"))
    yield from found
    if tokens is None:
        yield from ask_the_books(connection, store, shop)
    elif any(finding.state == "FAIL" for finding in found if finding.check != SCOPES_CHECK):
        return
    else:
        try:
            is_expired = tokens.is_expired()
        except ApiError:
            return  # told above: the database is away
        if is_expired:
            words = "the access token has expired, and refreshing it is a run's work."
            yield not_asked(f"connection {connection.conn_id}", words, "Ask again within half an hour of a run.")
        else:
            yield from ask_the_books(connection, store, shop, tokens)


def _of_connection(conn_id: str, ask: Ask, store: Store, shop: ShopFound, around: Surroundings) -> Iterator[Finding]:
    try:
        connection = read(conn_id, around.environment)
    except NoConnectionError as error:
        remedy = f"Make the Connection {conn_id} in Airflow, or set AIRFLOW_CONN_{conn_id.upper()}."
        yield fail(f"connection {conn_id}", f"{error}.", remedy)
        return
    yield from ask(connection, store, shop)
