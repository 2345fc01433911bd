"""Xero's tokens in PostgreSQL: one row a Connection, sealed, and its lock the row's own.

Whoever finds no good token locks the row, asks Xero, keeps the answer, commits, and only then uses it; the others wait for the
row and find it done. Who dies in between leaves the row as it was: the refresh token in it is then the one before, which
Xero takes for 30 minutes more (xero.md 1.2).

`invalid_grant` ends a consent: the row is paused, and from then on nobody asks Xero, until `make connect-xero` keeps a new one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock

import psycopg2

from include.clients.errors import ConsentNeeded, NotAllowed, Unavailable
from include.clients.xero_token import EXPIRES_EARLY_S, Token
from include.database.connection import Database, Row, connect
from include.keepers.vault import SealedOtherwiseError, Vault

GRACE_S = 30 * 60.0  # xero.md 1.2
HOLD_S = 300.0  # longer than the token service's four tries; then the database itself frees the row
WAIT_S = 120.0  # for another who asks; then it is the scheduler's turn
CONNECT = "make connect-xero STORE=..."


class KeptTokens:
    """Tokens of one Connection, shared by all processes (`Tokens` and `Consented` of the client). Safe between threads.

    Raises Unavailable where the database does not answer, or another asks for too long; ConsentNeeded.
    """

    def __init__(self, dsn: str, connection: str, vault: Vault, *, connect_with: str = CONNECT) -> None:
        """connect_with: the command that a person is told to give a consent with."""
        self._dsn = dsn
        self._connection = connection
        self._vault = vault
        self._connect_with = connect_with
        self._app = ""
        self._held: Token | None = None
        self._lock = Lock()
        self._ahead_s = time.time() - time.monotonic()  # of our steady clock; the database's, once it was asked

    def __repr__(self) -> str:
        return f"KeptTokens({self._connection})"

    def for_app(self, name: str) -> None:
        """See `Consented.for_app`."""
        self._app = name

    def now(self) -> float:
        """The database's clock, in seconds since 1970."""
        return time.monotonic() + self._ahead_s

    def take(self, fetch: Callable[[], Token]) -> Token:
        """See `Tokens.take`."""

        def obtain(db: Database, row: Row) -> Token:
            token = fetch()
            self._keep(db, "client_credentials", token, None)
            return token

        return self._good(obtain, room=True)

    def renew(self, refresh: Callable[[str], Token]) -> Token:
        """See `Consented.renew`."""

        def obtain(db: Database, row: Row) -> Token:
            try:
                token, spent = self._refreshed(row, refresh)
            except ConsentNeeded as ended:
                paused_at = db.value("tokens.pause", connection=self._connection)
                db.commit()
                raise self._needed(f"{ended}", _moment(paused_at)) from None
            # What an answer does not say stays as it was (RFC 6749 5.1, 6).
            refresh_next, scopes = token.refresh or spent, token.scopes or row["scopes"]
            token = Token(token.access, token.expires_at, refresh_next, scopes, row["tenant_id"])
            self._keep(db, "authorization_code", token, spent)
            return token

        return self._good(obtain, room=False)

    def give_up(self, token: Token) -> None:
        """See `Tokens.give_up`."""
        with self._lock:
            if self._held is not None and self._held.access == token.access:
                self._held = None
        with self._database() as db:
            db.run("tokens.give_up", connection=self._connection, access_digest=digest(token.access))

    def consent(self, token: Token, *, tenant_name: str, by: str) -> None:
        """Keep a new consent, whatever was there; `by` is who gave it."""
        with self._database() as db:
            db.run(
                "tokens.consent",
                **self._sealed(token),
                tenant_id=token.tenant_id,
                tenant_name=tenant_name,
                consented_by=by,
            )
        with self._lock:
            self._held = None

    def standing(self) -> Row | None:
        """What may be known of the row: see the view `connection_state`; None where there is none."""
        with self._database() as db:
            return db.row("tokens.standing", connection=self._connection)

    def peek(self) -> Token:
        """The access token of a consent, as it is kept; nothing is locked, refreshed or changed.

        Raises ConsentNeeded, and Unavailable where it has expired: the next task refreshes it.
        """
        with self._database() as db:
            row = self._of_a_consent(db.row("tokens.unlocked", connection=self._connection))
            kept = self._kept(row, room=False)
        if kept is None or self.now() >= kept.expires_at - EXPIRES_EARLY_S:
            raise Unavailable("The access token has expired, and only a run refreshes it.", retry_after_s=60.0)
        return kept

    def _good(self, obtain: Callable[[Database, Row], Token], *, room: bool) -> Token:
        with self._lock:
            if self._held is None or self.now() >= self._held.expires_at - EXPIRES_EARLY_S:
                self._held = None
                with self._database() as db:
                    held = self._under_lock(db, obtain, room)
                self._held = held  # committed by now
            return self._held

    def _under_lock(self, db: Database, obtain: Callable[[Database, Row], Token], room: bool) -> Token:
        if room:
            db.run("tokens.make_room", connection=self._connection, app=self._app)
        row = db.row("tokens.locked", connection=self._connection)
        if not room:
            row = self._of_a_consent(row)
        if row is None:
            raise AssertionError("the row that was just made is not there")
        kept = self._kept(row, room)
        if kept is not None and self.now() < kept.expires_at - EXPIRES_EARLY_S:
            if row["key_id"] != self._vault.key_id:
                self._seal_anew(db, row)
            return kept
        return obtain(db, row)

    def _of_a_consent(self, row: Row | None) -> Row:
        if row is None or row["refresh"] is None:
            raise self._needed("Nobody has consented yet.", "")
        if row["state"] == "paused":
            raise self._needed("The consent has ended.", _moment(row["paused_at"]))
        if row["app"] != self._app:
            raise self._needed("The consent was given to another app than the Connection names now.", "app")
        return row

    def _kept(self, row: Row, room: bool) -> Token | None:
        """The access token of the row, if it is this app's and opens."""
        kind = "client_credentials" if room else "authorization_code"
        if row["access"] is None or row["app"] != self._app or row["grant_kind"] != kind:
            return None
        try:
            access = self._vault.open(row["access"], self._connection)
        except SealedOtherwiseError:
            return None
        return Token(access, row["access_until_s"], scopes=row["scopes"], tenant_id=row["tenant_id"])

    def _refreshed(self, row: Row, refresh: Callable[[str], Token]) -> tuple[Token, str]:
        """What Xero gives, and the refresh token that it gave it for."""
        try:
            current = self._vault.open(row["refresh"], self._connection)
            before = self._vault.open(row["previous"], self._connection) if row["previous"] is not None else ""
        except SealedOtherwiseError:
            words = (
                "The kept consent does not open with BRIDGE_KEY; set BRIDGE_KEY_OLD to the key before, or consent anew."
            )
            raise NotAllowed(f"Connection {self._connection}: {words}") from None
        try:
            return refresh(current), current
        except ConsentNeeded:
            # Another may have refreshed with the one before while this one was kept: a worker that slept for minutes.
            if not before or row["refreshed_s_ago"] >= GRACE_S:
                raise
        return refresh(before), before

    def _keep(self, db: Database, grant_kind: str, token: Token, spent: str | None) -> None:
        previous = None if spent is None else self._vault.seal(spent, self._connection)
        db.run("tokens.keep", grant_kind=grant_kind, previous=previous, **self._sealed(token))

    def _sealed(self, token: Token) -> dict[str, object]:
        return {
            "connection": self._connection,
            "app": self._app,
            "key_id": self._vault.key_id,
            "access": self._vault.seal(token.access, self._connection),
            "access_digest": digest(token.access),
            "access_until_s": token.expires_at,
            "refresh": self._vault.seal(token.refresh, self._connection) if token.refresh else None,
            "scopes": token.scopes,
        }

    def _seal_anew(self, db: Database, row: Row) -> None:
        """The key was changed: what the old one sealed is sealed with the new one."""
        try:
            sealed = {
                name: None
                if row[name] is None
                else self._vault.seal(self._vault.open(row[name], self._connection), self._connection)
                for name in ("access", "refresh", "previous")
            }
        except SealedOtherwiseError:
            return  # the access token opens, and serves; what else is lost shows when it is needed
        db.run("tokens.seal_anew", connection=self._connection, key_id=self._vault.key_id, **sealed)

    def _needed(self, why: str, since: str) -> ConsentNeeded:
        words = f"Connection {self._connection}: {why} Nobody asks Xero before somebody consents: {self._connect_with}"
        return ConsentNeeded(words, connection=self._connection, since=since)

    @contextmanager
    def _database(self) -> Iterator[Database]:
        """A transaction of its own: what the task has open is not touched, and commits with nobody."""
        try:
            with connect(self._dsn) as db, db.transaction():
                said = db.rows("tokens.patience", wait_ms=int(WAIT_S * 1000), hold_ms=int(HOLD_S * 1000))
                self._ahead_s = float(said[0]["now"]) - time.monotonic()
                yield db
        except psycopg2.errors.LockNotAvailable:
            words = f"Another process asks for the token of {self._connection} and has not come back"
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            # psycopg2's own words may name user and host.
            words = f"The database that keeps the tokens of {self._connection} cannot be reached"
        except psycopg2.Error as error:
            words = f"The tokens of {self._connection} cannot be kept ({type(error).__name__})"
            raise NotAllowed(f"{words}: run python -m include.database.migrate, and log in as bridge_writer.") from None
        else:
            return
        raise Unavailable(f"{words}.", retry_after_s=60.0)


def digest(access: str) -> str:
    """Which access token it is, without telling it."""
    return hashlib.sha256(access.encode()).hexdigest()[:32]


def _moment(at: datetime) -> str:
    """The moment as text, the same for everybody: by it the alert is known to have been told."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def tokens_of(connection: str, environment: Mapping[str, str], *, store: str = "") -> KeptTokens | None:
    """The tokens of a Connection, kept where this environment says; None where BRIDGE_DSN or BRIDGE_KEY is not set."""
    vault = Vault.of(environment)
    dsn = environment.get("BRIDGE_DSN", "")
    if vault is None or not dsn:
        return None
    return KeptTokens(dsn, connection, vault, connect_with=f"make connect-xero STORE={store or '...'}")
