"""A town over HTTP, a database, and a command that runs while a person clicks in a browser."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg2
import pytest

from include.commands.connect import bigcommerce, xero
from include.commands.doctor import __main__ as doctor
from include.commands.surroundings import Surroundings
from include.sandbox.town import Town

KEY = "a key of the tests of connecting"
WAIT_S = 30.0
SECRETS = ("sandbox-secret", "sandbox-app-secret", "sandbox-bc-token", KEY)


@dataclass
class Desk:
    """The demo store, not connected yet. `run` runs a command; `clicks` is the person, given the link and a browser."""

    town: Town
    base: str
    postgres: Any
    capsys: pytest.CaptureFixture[str]
    port: int
    shop: dict[str, Any] = field(default_factory=dict)
    books: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def surroundings(self) -> Surroundings:
        shop = {"store_hash": "demo1", "access_token": "sandbox-bc-token", "login_url": self.base} | self.shop
        books = {
            "client_id": "sandbox-client",
            "client_secret": "sandbox-secret",
            "identity_url": self.base,
            "grant": "authorization_code",
        } | self.books
        told = {
            "AIRFLOW_CONN_BIGCOMMERCE_DEMO": json.dumps({"conn_type": "bigcommerce", "host": self.base, "extra": shop}),
            "AIRFLOW_CONN_XERO_DEMO": json.dumps({"conn_type": "xero", "host": self.base, "port": 0, "extra": books}),
            "BRIDGE_DSN": self.postgres.writer_dsn,
            "BRIDGE_KEY": KEY,
        }
        here = {name: value for name, value in os.environ.items() if name.startswith("AIRFLOW_CONN_")}
        return Surroundings({name: value for name, value in (told | self.environment | here).items() if value})

    @property
    def redirect(self) -> str:
        return f"http://localhost:{self.port}/callback"

    def run(self, main: Callable[[list[str]], int], clicks: Callable[[str, httpx.Client], object], *more: str) -> int:
        """The exit code; what was printed is in `said`."""
        ended: list[int] = []
        arguments = ["--store", "demo", "--no-browser", "--port", str(self.port), *more]
        command = threading.Thread(target=lambda: ended.append(main(arguments)), daemon=True)
        command.start()
        printed, latest, link = "", time.monotonic() + WAIT_S, None
        while link is None and command.is_alive() and time.monotonic() < latest:
            time.sleep(0.02)
            printed += "".join(self.capsys.readouterr())
            link = re.search(r"^  (http\S+)$", printed, re.MULTILINE)
        if link is not None:
            with httpx.Client(follow_redirects=True, trust_env=False, timeout=10) as browser:
                clicks(link[1], browser)
        command.join(60)
        rest = self.capsys.readouterr()
        self.said = printed + rest.out + rest.err
        assert not command.is_alive()
        return ended[0]

    def row(self) -> dict[str, Any] | None:
        connection = psycopg2.connect(self.postgres.owner_dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT * FROM oauth_token WHERE connection = 'xero_demo'")
            names = [column.name for column in cursor.description or ()]
            rows = cursor.fetchall()
        connection.close()
        return dict(zip(names, rows[0], strict=True)) if rows else None

    def tells_nothing_secret(self) -> bool:
        """Nothing that opens anything stands in what was printed."""
        given = [*self.town.books.tokens.scopes, *self.town.books.consents._refresh, *self.town.shop.tokens]
        return not [secret for secret in (*SECRETS, *given) if secret in self.said]


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Town, str]]:
    """One server for all tests: starting one a test would cost more than the tests."""
    town = Town.demo()
    with town.serve() as base:
        yield town, base


@pytest.fixture
def desk(
    served: tuple[Town, str], postgres: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.delenv("BRIDGE_STORES", raising=False)
    for name in ("AIRFLOW_CONN_BIGCOMMERCE_DEMO", "BIGCOMMERCE_CLIENT_ID", "BIGCOMMERCE_CLIENT_SECRET"):
        monkeypatch.setenv(name, "planted")  # what the command sets is taken back at the end of the test
        monkeypatch.delenv(name)
    town, base = served
    town.reset("demo")
    town.limits.enforced = False
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    desk = Desk(town, base, postgres, capsys, port)
    town.books.consents.redirect_uris.add(desk.redirect)
    town.shop.app.callback = desk.redirect
    connection = psycopg2.connect(postgres.owner_dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM oauth_token")
    connection.close()
    for command in (xero, bigcommerce, doctor):
        monkeypatch.setattr(command, "surroundings", lambda environment: desk.surroundings())
    return desk
