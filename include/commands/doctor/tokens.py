"""How the books' tokens stand: how old, until when, which scopes, ended or not. Nothing is asked of Xero, nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from include.clients.errors import ApiError
from include.clients.xero_token import EXPIRES_EARLY_S, Consented, Token
from include.connecting.books_scopes import lacking, needed_by
from include.database.connection import Row
from include.keepers.tokens import KeptTokens, tokens_of
from include.keepers.vault import Vault
from include.settings.connections import Connection, grant_of
from include.settings.finding import Finding, fail, not_asked, ok, warn

UNUSED_DAYS_MAX = 60  # a refresh token, xero.md 1.2
TOLD_DAYS_BEFORE = 14
DAY_S = 86_400.0
SCOPES_CHECK = "scopes of the consent"


class AsKept(Consented):
    """The token as it is kept, for who may change nothing: it is not refreshed, and not given up."""

    def __init__(self, kept: KeptTokens) -> None:
        self._kept = kept

    def for_app(self, name: str) -> None:
        """See `Consented.for_app`."""
        self._kept.for_app(name)

    def now(self) -> float:
        """See `Tokens.now`."""
        return self._kept.now()

    def take(self, fetch: Callable[[], Token]) -> Token:
        """See `Tokens.take`: nothing is fetched."""
        return self._kept.peek()

    def renew(self, refresh: Callable[[str], Token]) -> Token:
        """See `Consented.renew`: nothing is refreshed."""
        return self._kept.peek()

    def give_up(self, token: Token) -> None:
        """It stays."""

    def is_expired(self) -> bool:
        """Whether only a refresh would let us in. Raises as `KeptTokens` does."""
        row = self._kept.standing()
        return row is not None and (row["access_s_left"] or 0.0) <= EXPIRES_EARLY_S


def consent_as_kept(connection: Connection, environment: Mapping[str, str]) -> AsKept | None:
    """The consent of this Connection, to be looked at; None where it has none to be, or nothing keeps it."""
    try:
        consented = grant_of(connection) == "authorization_code"
    except ValueError:
        return None  # told where the Connection is read
    kept = tokens_of(connection.conn_id, environment) if consented else None
    return AsKept(kept) if kept is not None else None


def ask_about_tokens(connection: Connection, environment: Mapping[str, str], command: str) -> Iterator[Finding]:
    """The consent of a Connection, or the token that is shared of a Custom Connection. command: what a person runs."""
    try:
        grant = grant_of(connection)
    except ValueError:
        return  # told where the Connection is read
    consented = grant == "authorization_code"
    check = "consent to Xero" if consented else "shared token"
    kept = tokens_of(connection.conn_id, environment)
    if kept is None:
        if consented:  # else each process asks for its own, and the database's line says the rest
            yield fail(
                check, "BRIDGE_DSN and BRIDGE_KEY are not both set.", "Set them, see .env.example: it is kept there."
            )
        return
    try:
        row = kept.standing()
    except ApiError as error:
        yield not_asked(check, f"{error}", "Mend what is said of the business database.")
        return
    if not consented:
        yield _shared(check, row)
        return
    if row is None or row["grant_kind"] != grant:
        yield fail(check, f"nobody has consented yet for {connection.conn_id}.", f"Run: {command}")
        return
    yield from _consent(check, row, command)
    yield _scopes(connection, row, command)
    yield from _key(row, environment, command)


def _shared(check: str, row: Row | None) -> Finding:
    if row is None or row["access_s_left"] is None:
        return ok(check, "none is kept now; the next task asks for one, for all.")
    left = row["access_s_left"]
    return ok(check, f"kept since {_ago(row['refreshed_s_ago'])}, {_left(left)}; the next one is asked for by itself.")


def _consent(check: str, row: Row, command: str) -> Iterator[Finding]:
    if row["state"] == "paused":
        words = f"it ended (found {row['paused_at']:%Y-%m-%d %H:%M %Z}); since then Xero is not asked."
        yield fail(check, words, f"Run: {command}")
        return
    idle_days = row["refreshed_s_ago"] / DAY_S
    if idle_days >= UNUSED_DAYS_MAX:
        words = f"it was last used {idle_days:.0f} days ago; Xero ends it after {UNUSED_DAYS_MAX}."
        yield fail(check, words, f"Run: {command}")
    elif idle_days >= UNUSED_DAYS_MAX - TOLD_DAYS_BEFORE:
        words = f"it was last used {idle_days:.0f} days ago; unused it ends in {UNUSED_DAYS_MAX - idle_days:.0f}."
        yield warn(check, words, "Unpause the store's DAGs, or consent anew when they are.")
    else:
        left = row["access_s_left"]
        words = f"{row['tenant_name']}, by {row['consented_by']} on {row['consented_at']:%Y-%m-%d}; refreshed"
        yield ok(check, f"{words} {_ago(row['refreshed_s_ago'])}; access token {_left(left)}.")


def _scopes(connection: Connection, row: Row, command: str) -> Finding:
    needed = needed_by(connection)
    missing = sorted(lacking(row["scopes"], needed))
    if missing:
        words = f"not granted: {', '.join(missing)}."
        return fail(SCOPES_CHECK, words, f"Give the app these scopes, then: {command}")
    return ok(SCOPES_CHECK, f"{len(needed)} needed, all granted.")


def _key(row: Row, environment: Mapping[str, str], command: str) -> Iterator[Finding]:
    vault = Vault.of(environment)
    if vault is None or row["key_id"] == vault.key_id:
        return
    if environment.get("BRIDGE_KEY_OLD"):
        words = "the tokens are still sealed with BRIDGE_KEY_OLD."
        yield warn("key of the tokens", words, "Leave BRIDGE_KEY_OLD until the next run has refreshed them.")
    else:
        words = "the tokens are sealed with another BRIDGE_KEY than is set here."
        yield fail("key of the tokens", words, f"Set BRIDGE_KEY_OLD to that key where tasks run, or run: {command}")


def _ago(seconds: float) -> str:
    return f"{seconds / 60:.0f} min ago" if seconds < 7200 else f"{seconds / 3600:.0f} h ago"


def _left(seconds: float | None) -> str:
    return "expired" if seconds is None or seconds <= 0 else f"good for {seconds / 60:.0f} min"
