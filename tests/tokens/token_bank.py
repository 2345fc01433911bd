"""A town over HTTP, a consent that a person gave there, and the keeper that all processes share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg2

from include.clients.xero import Xero
from include.clients.xero_token import Token, app_name
from include.clients.xero_token_service import TokenService
from include.keepers.tokens import KeptTokens
from include.keepers.vault import Vault
from include.sandbox.town import Town
from include.sandbox.xero.consents import REDIRECT_URI

KEY = "a-key-of-the-tests-and-of-no-one-else"
SCOPES = "offline_access accounting.invoices accounting.payments accounting.contacts accounting.settings.read"


@dataclass
class Bank:
    """The town, where tokens are kept, and hands to open the books as a process would."""

    town: Town
    base: str
    dsn: str
    owner_dsn: str
    reader_dsn: str
    connection: str

    def kept(self, *keys: str) -> KeptTokens:
        return KeptTokens(self.dsn, self.connection, Vault(keys or [KEY]), connect_with="make connect-xero STORE=au")

    def books(self, *keys: str, **changes: Any) -> Xero:
        settings: dict[str, Any] = {
            "base_url": self.base,
            "token_url": f"{self.base}/connect/token",
            "client_id": "sandbox-client",
            "client_secret": "sandbox-secret",
            "tenant_id": None,
            "grant": "authorization_code",
            "tokens": self.kept(*keys),
            "sleep": lambda seconds: None,
        }
        return Xero.open(**settings | changes)

    def consent(self, tokens: KeptTokens | None = None) -> Token:
        """A person consents in the browser; what came of it is kept."""
        asked = {"client_id": "sandbox-client", "redirect_uri": REDIRECT_URI, "scope": SCOPES, "response_type": "code"}
        back = httpx.post(f"{self.base}/identity/connect/authorize", data=asked | {"answer": "allow"}, trust_env=False)
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        service = TokenService(
            token_url=f"{self.base}/connect/token",
            client_id="sandbox-client",
            client_secret="sandbox-secret",
            http=httpx.Client(trust_env=False),
        )
        tokens = tokens or self.kept()
        tokens.for_app(app_name(service))
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        given = service.ask(form, tokens.now)
        service.close()
        token = Token(given.access, given.expires_at, given.refresh, given.scopes, self.town.books.tenant_id)
        tokens.consent(token, tenant_name="Demo", by="a test")
        return token

    def sql(self, statement: str, dsn: str | None = None) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(dsn or self.owner_dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    def expire(self) -> None:
        """Let half an hour pass for the access token that is kept, here alone."""
        self.sql(f"UPDATE oauth_token SET access_until = now() WHERE connection = '{self.connection}'")

    def row(self) -> dict[str, Any]:
        connection = psycopg2.connect(self.owner_dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT * FROM oauth_token WHERE connection = %s", (self.connection,))
            names = [column.name for column in cursor.description or ()]
            [values] = cursor.fetchall()
        connection.close()
        return dict(zip(names, values, strict=True))

    def asked(self, status: int | None = None) -> int:
        """How often the token service was asked."""
        wanted = {"path": "/connect/token"} | ({} if status is None else {"status": status})
        return self.town.calls.count(**wanted)
