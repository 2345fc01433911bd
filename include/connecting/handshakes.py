"""A hand-shake with a vendor that is under way: whose it is, for ten minutes, answered once.

What goes to the vendor and comes back, `state`, is signed for the person and for a cookie of their browser, so an answer that
somebody else began is refused before the database is asked; the row then says that it was begun, and not answered yet. In the
database are digests, and what is secret is sealed: who reads it can answer nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from include.clients.xero_consent import Tenant
from include.clients.xero_token import Token
from include.connecting.books import Opened
from include.database.connection import Database, Row
from include.keepers.vault import SealedOtherwiseError, Vault

LASTS_S = 600.0
PURPOSE = b"bridge: hand-shakes, version 1"


@dataclass(frozen=True)
class Begun:
    """A hand-shake that began. What its owner carries is not shown."""

    state: str
    verifier: str


@dataclass(frozen=True)
class Asker:
    """Who asks: the person's name in Airflow, and the value of a cookie that only their browser has.

    key  the secret of Airflow's own forms: ours for signing is derived of it.
    """

    who: str
    browser: str
    key: str

    def __repr__(self) -> str:
        return f"Asker({self.who})"

    @property
    def browser_digest(self) -> str:
        """Which browser it is, without telling its cookie."""
        return _digest(self.browser)

    def signed(self, nonce: str) -> str:
        """A state out of a nonce: nonce.mac."""
        mine = hmac.digest(self.key.encode(), PURPOSE, "sha256")
        told = "".join(f"{len(each)}:{each}," for each in (nonce, self.who, self.browser))
        return f"{nonce}.{hmac.new(mine, told.encode(), 'sha256').hexdigest()}"

    def is_mine(self, state: str) -> bool:
        """Whether this state was made for this person and browser."""
        whole = bool(self.key and self.browser)
        return whole and hmac.compare_digest(self.signed(state.partition(".")[0]).encode(), state.encode())


def begin(
    db: Database, vault: Vault, asker: Asker, *, vendor: str, store: str, connection: str, redirect_uri: str
) -> Begun:
    """Begin one, in the caller's transaction; an older one of this browser and vendor is over."""
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    state = asker.signed(nonce)
    db.run("connections.forget_old")
    db.run("connections.forget_of_the_browser", browser_digest=asker.browser_digest, vendor=vendor)
    db.run(
        "connections.begin",
        state_digest=_digest(state),
        vendor=vendor,
        store=store,
        connection=connection,
        who=asker.who,
        browser_digest=asker.browser_digest,
        redirect_uri=redirect_uri,
        verifier=vault.seal(verifier, _sealed_for(state)),
        lasts_s=LASTS_S,
    )
    return Begun(state, verifier)


def answered(db: Database, asker: Asker, state: str) -> Row | None:
    """The hand-shake that this answer of Xero's is of, for once; None for another's, one too old, or one answered before."""
    if not asker.is_mine(state):
        return None
    return db.row(
        "connections.answer",
        state_digest=_digest(state),
        vendor="xero",
        who=asker.who,
        browser_digest=asker.browser_digest,
    )


def answered_without_state(db: Database, asker: Asker) -> Row | None:
    """The same for BigCommerce, which brings no state back: what this person began in this browser."""
    if not asker.browser:
        return None
    return db.row(
        "connections.answer_of_the_browser",
        vendor="bigcommerce",
        who=asker.who,
        browser_digest=asker.browser_digest,
    )


def verifier_of(row: Row, vault: Vault, state: str) -> str:
    """The verifier of PKCE. Raises SealedOtherwiseError."""
    return vault.open(row["verifier"], _sealed_for(state))


def wait_for_a_choice(db: Database, vault: Vault, state: str, opened: Opened) -> None:
    """Keep what a consent brought, sealed, until the person has chosen an organisation."""
    token = opened.token
    whole = {
        "token": [token.access, token.expires_at, token.refresh, token.scopes],
        "books": [[each.tenant_id, each.name, each.kind] for each in opened.books.values()],
    }
    sealed = vault.seal(json.dumps(whole), _sealed_for(state))
    db.run("connections.wait_for_a_choice", state_digest=_digest(state), opened=sealed)


def chosen(db: Database, vault: Vault, asker: Asker, state: str) -> tuple[Row, Opened] | None:
    """What waited for this person's choice, for once."""
    if not asker.is_mine(state):
        return None
    asked = {"state_digest": _digest(state), "who": asker.who, "browser_digest": asker.browser_digest}
    row = db.row("connections.choose", **asked)
    if row is None:
        return None
    try:
        whole = json.loads(vault.open(row["opened"], _sealed_for(state)))
    except SealedOtherwiseError:
        return None
    return row, Opened(Token(*whole["token"]), {each[0]: Tenant(*each) for each in whole["books"]})


def forget(db: Database, row: Row) -> None:
    """It is over: nothing of it is kept."""
    db.run("connections.forget", state_digest=row["state_digest"])


def _sealed_for(state: str) -> str:
    return f"handshake {_digest(state)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
