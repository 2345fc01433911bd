"""Business risk: a consent that ends on a holiday, or that lacks a scope, is known when it is too late: at the first red run."""

from __future__ import annotations

import json
from typing import Any

import httpx
import psycopg2
import pytest

from include.clients.xero_token import Token, app_name
from include.clients.xero_token_service import TokenService
from include.commands.doctor.examination import examine
from include.commands.surroundings import Surroundings
from include.keepers.tokens import tokens_of
from include.sandbox.town import Town

KEY = "the doctor's tests have a key of their own"
SCOPES = "offline_access accounting.invoices accounting.payments accounting.contacts accounting.settings.read"
SECRET = "sandbox-secret"


class Consented:
    """The demo store with a consent that was given to the sandbox; a test changes what is kept before it asks."""

    def __init__(self, town: Town, base: str, postgres: Any) -> None:
        self.town, self.base, self.postgres = town, base, postgres
        self.environment = {"BRIDGE_DSN": postgres.writer_dsn, "BRIDGE_KEY": KEY}
        self.extra = {"client_id": "sandbox-client", "client_secret": SECRET, "identity_url": base}
        self.extra["grant"] = "authorization_code"

    def consent(self, scopes: str = SCOPES) -> Token:
        books = self.town.books
        books.connected[books.tenant_id] = "Demo"
        consent = books.consents.spend_code(books.consents.give_code(scopes.split(), "r", [books.tenant_id]), "r")
        assert consent is not None
        access, refresh = books.tokens.give(consent.scopes, consent), books.consents.give_refresh_token(consent)
        tokens = tokens_of("xero_demo", self.environment)
        assert tokens is not None
        with httpx.Client() as http:
            service = TokenService(
                token_url=f"{self.base}/connect/token", client_id="sandbox-client", client_secret=SECRET, http=http
            )
            tokens.for_app(app_name(service))
        token = Token(access, tokens.now() + 1800, refresh, scopes, books.tenant_id)
        tokens.consent(token, tenant_name="Demo company", by="somebody")
        return token

    def sql(self, statement: str) -> None:
        connection = psycopg2.connect(self.postgres.owner_dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def rows(self) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.postgres.owner_dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT * FROM oauth_token")
            rows = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]
        connection.close()
        return rows

    def findings(self) -> dict[str, Any]:
        xero = {"conn_type": "xero", "host": self.base, "port": 0, "extra": self.extra}
        shop = {"store_hash": "demo1", "access_token": "sandbox-bc-token"}
        told = {
            "AIRFLOW_CONN_XERO_DEMO": json.dumps(xero),
            "AIRFLOW_CONN_BIGCOMMERCE_DEMO": json.dumps({"conn_type": "bigcommerce", "host": self.base, "extra": shop}),
        }
        found = list(examine("demo", Surroundings(told | self.environment)))
        assert len({each.check for each in found}) == len(found)
        return {each.check: each for each in found}


@pytest.fixture(scope="module")
def served():
    town = Town.demo()
    with town.serve() as base:
        yield town, base


@pytest.fixture
def clinic(served, postgres, monkeypatch):
    monkeypatch.delenv("BRIDGE_STORES", raising=False)
    town, base = served
    town.reset("demo")
    town.limits.enforced = False
    clinic = Consented(town, base, postgres)
    clinic.sql("DELETE FROM oauth_token")
    return clinic


def test_a_good_consent_is_told_with_age_and_scopes_and_nothing_is_changed_or_refreshed(clinic):
    token = clinic.consent()
    before = clinic.rows()

    found = clinic.findings()

    assert {found[name].state for name in ("consent to Xero", "scopes of the consent", "connection xero_demo")} == {
        "ok"
    }
    assert "Demo company, by somebody" in found["consent to Xero"].sentence
    assert "good for 30 min" in found["consent to Xero"].sentence
    assert clinic.rows() == before
    assert clinic.town.calls.count(path="/connect/token") == 0
    for finding in found.values():
        assert token.access not in finding.line()
        assert token.refresh not in finding.line()


def test_an_expired_access_token_is_not_refreshed_by_the_doctor(clinic):
    clinic.consent()
    clinic.sql("UPDATE oauth_token SET access_until = now() - INTERVAL '1 hour'")

    found = clinic.findings()

    assert found["consent to Xero"].state == "ok"
    assert found["connection xero_demo"].sentence.startswith("not asked:")
    assert clinic.town.calls.count(vendor="xero") == 0


def test_where_nobody_consented_the_command_is_named(clinic):
    finding = clinic.findings()["consent to Xero"]

    assert finding.state == "FAIL"
    assert finding.remedy == "Run: make connect-xero STORE=demo"


def test_an_ended_consent_is_told_with_its_day_and_xero_is_not_asked(clinic):
    clinic.consent()
    clinic.sql("UPDATE oauth_token SET state = 'paused', paused_at = '2026-11-30T10:00Z', access = NULL")

    finding = clinic.findings()["consent to Xero"]

    assert (finding.state, finding.remedy) == ("FAIL", "Run: make connect-xero STORE=demo")
    assert "2026-11-30" in finding.sentence
    assert clinic.town.calls.count(vendor="xero") == 0


@pytest.mark.parametrize(("days", "state"), [(45, "ok"), (47, "warn"), (61, "FAIL")])
def test_a_consent_that_nobody_uses_ends_after_sixty_days(clinic, days, state):
    clinic.consent()
    clinic.sql(f"UPDATE oauth_token SET refreshed_at = now() - INTERVAL '{days} days'")

    assert clinic.findings()["consent to Xero"].state == state


def test_a_scope_that_was_not_granted_is_named(clinic):
    clinic.consent(SCOPES.replace("accounting.payments ", ""))

    finding = clinic.findings()["scopes of the consent"]

    assert finding.state == "FAIL"
    assert "accounting.payments" in finding.sentence


def test_the_broad_scopes_of_an_older_app_are_enough(clinic):
    clinic.consent("offline_access accounting.transactions accounting.contacts accounting.settings")

    assert clinic.findings()["scopes of the consent"].state == "ok"


def test_another_key_is_told_before_the_first_run_turns_red(clinic):
    clinic.consent()
    clinic.environment["BRIDGE_KEY"] = "changed, and nobody thought of the old one"

    assert clinic.findings()["key of the tokens"].state == "FAIL"
    clinic.environment["BRIDGE_KEY_OLD"] = KEY
    found = clinic.findings()
    assert found["key of the tokens"].state == "warn"
    assert found["connection xero_demo"].state == "ok"


def test_a_consent_without_a_database_to_keep_it_is_told(clinic):
    clinic.environment.clear()

    assert clinic.findings()["consent to Xero"].state == "FAIL"


def test_a_database_that_is_away_is_told_and_ends_the_questions_about_the_books_alone(clinic):
    clinic.environment["BRIDGE_DSN"] = "postgresql://somebody:planted@127.0.0.1:1/none"

    found = clinic.findings()

    assert found["consent to Xero"].sentence.startswith("not asked:")
    assert found["business database"].state == "FAIL"
    assert "planted" not in "".join(finding.line() for finding in found.values())


def test_the_shared_token_of_a_custom_connection_is_told_too(clinic):
    clinic.extra["grant"] = "client_credentials"

    assert "none is kept now" in clinic.findings()["shared token"].sentence
    tokens = tokens_of("xero_demo", clinic.environment)
    tokens.take(lambda: Token("planted-access", tokens.now() + 1800))
    assert "good for 30 min" in clinic.findings()["shared token"].sentence
