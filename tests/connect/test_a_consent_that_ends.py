"""Business risk: a store that stands still for two months loses its consent to Xero, and nobody hears of it before the season."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from include.clients.xero_token import Token
from include.connecting.standing import expiring
from include.database.connection import connect
from include.keepers.tokens import KeptTokens
from include.keepers.vault import Vault
from include.settings.store import store_named


@pytest.fixture
def consent(postgres, monkeypatch):
    """A consent of the demo store, last used so many days ago; what is told of it now."""
    monkeypatch.delenv("BRIDGE_STORES", raising=False)

    def told(days_ago, *, ended=False, by_person=True):
        kept = KeptTokens(postgres.writer_dsn, "xero_demo", Vault(["a key of this test"]))
        kept.for_app("the app")
        token = Token("access", datetime.now(UTC).timestamp(), "refresh", "accounting.invoices", "a tenant")
        kept.consent(token, tenant_name="Demo Company", by="ops")
        connection = psycopg2.connect(postgres.owner_dsn)
        with connection, connection.cursor() as cursor:
            used = datetime.now(UTC) - timedelta(days=days_ago)
            cursor.execute("UPDATE oauth_token SET refreshed_at = %s", [used])
            if ended:
                cursor.execute("UPDATE oauth_token SET state = 'paused', paused_at = '2026-11-30 10:00:00+00'")
            if not by_person:
                cursor.execute("UPDATE oauth_token SET consented_at = NULL, grant_kind = 'client_credentials'")
        connection.close()
        with connect(postgres.writer_dsn) as db:
            return expiring(db, store_named("demo"), datetime.now(UTC))

    return told


def test_a_consent_that_runs_use_is_told_of_to_nobody(consent):
    assert consent(0) == []
    assert consent(29) == []


def test_from_thirty_unused_days_on_it_is_told_when_it_ends_and_what_keeps_it(consent):
    [ending] = consent(31)

    ends = datetime.now(UTC) + timedelta(days=29)
    assert not ending.has_ended
    assert ending.sentence == (
        f"The consent to Xero for Demo Company was last used 31 days ago. Unused, it ends on {ends:%Y-%m-%d}."
    )
    assert ending.remedy.startswith("Unpause the DAGs of ")


def test_the_same_unused_time_has_one_name_so_that_it_is_told_once(consent, postgres):
    [first] = consent(31)
    with connect(postgres.writer_dsn) as db:
        [again] = expiring(db, store_named("demo"), datetime.now(UTC) + timedelta(days=2))

    assert first.since == again.since


def test_after_sixty_unused_days_it_has_ended(consent):
    [ending] = consent(60)

    assert ending.has_ended
    assert "Xero ends it after 60." in ending.sentence


def test_one_that_xero_ended_is_told_with_the_moment_and_the_button(consent):
    [ending] = consent(1, ended=True)

    assert ending.has_ended
    assert "has ended (2026-11-30 10:00 UTC)" in ending.sentence
    assert "press Consent again" in ending.remedy


def test_a_custom_connection_has_no_consent_that_could_end(consent):
    assert consent(70, by_person=False) == []
