"""Which keeper a task's client is given: a run of the real wiring shares its token with all others."""

from __future__ import annotations

import pytest

from include.clients.xero import Xero
from include.keepers.opened import for_books
from include.keepers.vault import SealedOtherwiseError, Vault
from include.settings.connections import (
    Connection,
    books_arguments,
    books_login_url,
    shop_login_url,
)
from include.settings.store import store_named

BOOKS = {"client_id": "a", "client_secret": "b"}


def a_connection(**extra: str) -> Connection:
    return Connection("xero_au", "xero", extra_dejson=BOOKS | extra)


@pytest.fixture
def store(monkeypatch):
    monkeypatch.delenv("BRIDGE_STORES", raising=False)
    return store_named("demo")


def test_two_tasks_of_a_store_share_one_token(bank, store, monkeypatch):
    monkeypatch.setenv("BRIDGE_DSN", bank.dsn)
    monkeypatch.setenv("BRIDGE_KEY", "of this test")
    for _ in range(2):
        with for_books(store) as kept:
            settings = {"base_url": bank.base, "token_url": f"{bank.base}/connect/token", "tenant_id": None}
            who = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
            with Xero.open(**settings, **who, tokens=kept["tokens"]) as books:
                books.organisation()

    assert bank.asked() == 1


@pytest.mark.parametrize("unset", ["BRIDGE_DSN", "BRIDGE_KEY"])
def test_without_a_database_or_a_key_each_keeps_its_own(store, monkeypatch, unset):
    monkeypatch.setenv("BRIDGE_DSN", "postgresql://somewhere")
    monkeypatch.setenv("BRIDGE_KEY", "k")
    monkeypatch.delenv(unset)

    with for_books(store) as kept:
        assert "tokens" not in kept


def test_a_consent_that_nothing_keeps_is_refused_before_anything_is_asked():
    arguments = books_arguments(a_connection(grant="authorization_code"))

    with pytest.raises(ValueError, match="BRIDGE_KEY"):
        Xero.open(**arguments)


def test_a_grant_that_nobody_knows_is_told_with_its_connection():
    with pytest.raises(ValueError, match="Connection xero_au: grant is neither"):
        books_arguments(a_connection(grant="password"))


def test_a_connection_without_a_grant_is_a_custom_connection():
    assert "grant" not in books_arguments(a_connection())
    assert books_arguments(a_connection(grant="authorization_code"))["grant"] == "authorization_code"


@pytest.mark.parametrize(
    ("extra", "url"),
    [
        ({}, "https://login.xero.com"),
        ({"identity_url": "https://identity.xero.com"}, "https://login.xero.com"),
        ({"token_url": "http://127.0.0.1:8900/connect/token"}, "http://127.0.0.1:8900"),
        ({"login_url": "https://login.example/"}, "https://login.example"),
    ],
)
def test_people_consent_where_the_connection_says(extra, url):
    assert books_login_url(a_connection(**extra)) == url


def test_a_shops_owner_consents_at_bigcommerce_unless_it_is_said_otherwise():
    assert shop_login_url(a_connection()) == "https://login.bigcommerce.com"
    assert shop_login_url(a_connection(login_url="http://127.0.0.1:1/")) == "http://127.0.0.1:1"


class TestTheVault:
    def test_what_is_sealed_opens_with_the_same_key_for_the_same_thing_alone(self):
        sealed = Vault(["one"]).seal("a token", "xero_au")

        assert b"a token" not in sealed
        assert Vault(["two", "one"]).open(sealed, "xero_au") == "a token"
        for vault, of in ((Vault(["one"]), "xero_nz"), (Vault(["two"]), "xero_au")):
            with pytest.raises(SealedOtherwiseError):
                vault.open(sealed, of)

    def test_the_old_keys_are_read_from_the_environment(self):
        for old, environment in (("a b", "a b"), ("b", "c b")):
            vault = Vault.of({"BRIDGE_KEY": "new", "BRIDGE_KEY_OLD": environment})
            assert vault is not None
            assert vault.open(Vault([old]).seal("a token", "x"), "x") == "a token"
        assert Vault.of({}) is None

    def test_two_sealings_of_one_text_differ(self):
        vault = Vault(["one"])

        assert vault.seal("a", "x") != vault.seal("a", "x")
