"""Business risk: whoever connects a store types a token into a field that shows it, or finds no such type at all."""

import json
import os
import subprocess
import sys

import pytest
from store_desk import ROOT

from bridge.hooks.bigcommerce import BigCommerceHook
from bridge.hooks.warehouse import WarehouseHook
from bridge.hooks.xero import XeroHook
from include.sandbox.town import Town

PROVIDER = ROOT / "plugins" / "provider"


def test_airflow_knows_all_three_types_and_their_forms_without_an_installed_package():
    script = """
import json
from airflow.providers_manager import ProvidersManager
manager = ProvidersManager()
widgets = manager.connection_form_widgets
print(json.dumps({"hooks": [k for k in ("bigcommerce", "xero", "warehouse") if k in manager.hooks],
                  "fields": sorted(k for k in widgets if "bigcommerce" in k or "xero" in k or "warehouse" in k)}))
"""
    path = os.pathsep.join(str(folder) for folder in (ROOT, PROVIDER, ROOT / "plugins"))

    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=90,
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["hooks"] == ["bigcommerce", "xero", "warehouse"]
    for name in (
        "access_token",
        "store_hash",
        "client_secret",
        "tenant_id",
        "scopes",
        "identity_url",
        "warehouse__url",
    ):
        assert any(name in field for field in said["fields"]), said["fields"]


def test_the_provider_module_imports_nothing_since_airflow_reads_it_while_it_starts():
    text = (PROVIDER / "bridge_provider" / "provider_info.py").read_text()

    assert not [line for line in text.splitlines() if line.startswith(("import ", "from "))]


def forms():
    sys.path.insert(0, str(PROVIDER))
    try:
        from bridge_provider.provider_info import get_provider_info
    finally:
        sys.path.remove(str(PROVIDER))
    return get_provider_info()["connection-types"]


def test_every_secret_field_is_a_password_field_and_must_be_filled_where_nothing_works_without_it():
    fields = {
        (kind["connection-type"], name): field["schema"]
        for kind in forms()
        for name, field in kind["conn-fields"].items()
        if name.endswith(("token", "secret", "key"))
    }

    assert {whose: schema["type"] for whose, schema in fields.items()} == {
        ("bigcommerce", "access_token"): "string",
        ("bigcommerce", "client_secret"): ["string", "null"],  # of an app, or for the webhooks' signature
        ("xero", "client_secret"): "string",
        ("xero", "webhook_secret"): ["string", "null"],
    }
    assert {schema["format"] for schema in fields.values()} == {"password"}


def test_airflow_masks_the_secrets_and_no_other_field():
    """A field whose name Airflow takes for a secret comes up as *** and is saved as that, its default with it."""
    from airflow.sdk._shared.secrets_masker import should_hide_value_for_key

    names = {name for kind in forms() for name in kind["conn-fields"]}

    assert {name for name in names if should_hide_value_for_key(name)} == {
        "access_token",
        "client_secret",
        "webhook_secret",
    }


def test_the_port_is_asked_for_since_the_test_button_refuses_a_connection_without_one():
    for kind in forms():
        behaviour = kind["ui-field-behaviour"]
        assert "port" not in behaviour["hidden-fields"]
        assert "0" in behaviour["relabeling"]["port"]


@pytest.mark.parametrize(
    "kept",
    [
        {"conn_type": "xero", "host": "https://api.xero.example", "extra": {"client_id": "a", "client_secret": "p/w d&"}},
        {"conn_type": "xero", "host": "http://127.0.0.1:9", "port": 0, "extra": {"client_id": "a", "client_secret": "b",
         "tenant_id": None, "scopes": None, "identity_url": "http://127.0.0.1:9"}},
        {"conn_type": "xero", "host": "api.xero.example", "schema": "http", "port": 81,
         "extra": {"client_id": "a", "client_secret": "ü", "token_url": "https://id.example/connect/token"}},
    ],
)  # fmt: skip
def test_the_doctor_reads_a_connection_as_airflow_does_from_json_and_from_airflows_uri(kept):
    from airflow.models import Connection

    from include.settings.connections import books_arguments, out_of_text

    theirs = Connection.from_json(json.dumps(kept), conn_id="x")
    theirs_again = Connection(conn_id="x", uri=theirs.get_uri())

    arguments = books_arguments(theirs)
    assert books_arguments(theirs_again) == arguments
    assert books_arguments(out_of_text("x", json.dumps(kept))) == arguments
    assert books_arguments(out_of_text("x", theirs.get_uri())) == arguments


@pytest.mark.parametrize(
    ("kept", "url"),
    [
        ({"host": "https://wms.example/Export/Stock.csv"}, "https://wms.example/Export/Stock.csv"),
        ({"host": "wms.example/Export/Stock.csv", "port": 8443}, "https://wms.example:8443/Export/Stock.csv"),
        ({"host": "http://127.0.0.1:9/a", "port": 0}, "http://127.0.0.1:9/a"),
        ({"host": "wms.example", "extra": {"url": None}}, "https://wms.example"),
        ({"extra": {"url": "https://wms.example/Stock.csv"}}, "https://wms.example/Stock.csv"),
        ({"host": "other.example", "extra": {"url": "https://wms.example/"}}, "https://wms.example/"),
    ],
)
def test_a_warehouse_is_read_alike_from_json_from_airflows_uri_and_by_airflow(kept, url):
    """The letters of a path keep their case, and a port goes before it."""
    from airflow.models import Connection

    from include.settings.connections import out_of_text, warehouse_arguments

    text = json.dumps({"conn_type": "warehouse", "password": " p/w@d:&ü ", **kept})
    theirs = Connection.from_json(text, conn_id="w")

    for connection in (
        theirs,
        Connection(conn_id="w", uri=theirs.get_uri()),
        out_of_text("w", text),
        out_of_text("w", theirs.get_uri()),
    ):
        assert warehouse_arguments(connection) == {"url": url, "token": "p/w@d:&ü"}


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ({"password": "t"}, "Connection w: host is empty; it is the address of the warehouse feed"),
        ({"host": "wms.example"}, "Connection w: password is empty"),
        ({"host": "wms.example", "password": "***"}, "Connection w: password is the mask *** itself; type it again"),
    ],
)
def test_an_empty_field_of_a_warehouse_is_named(kept, why):
    from include.settings.connections import out_of_text, warehouse_arguments

    with pytest.raises(ValueError, match="w: ") as raised:
        warehouse_arguments(out_of_text("w", json.dumps({"conn_type": "warehouse", **kept})))
    assert str(raised.value) == why


def test_the_token_of_a_warehouse_has_the_field_that_airflow_itself_hides():
    [form] = [kind for kind in forms() if kind["connection-type"] == "warehouse"]

    assert "password" not in form["ui-field-behaviour"]["hidden-fields"]
    assert form["ui-field-behaviour"]["relabeling"]["password"] == "Token"


@pytest.fixture(scope="module")
def base():
    with Town.demo().serve() as address:
        yield address


@pytest.fixture(scope="module")
def feed():
    """The address of a feed of two levels, and of one that nobody can sell."""
    town = Town()
    town.warehouse.set("MUG", 12, location="main")
    town.warehouse.set("MUG", 3, location="shop")
    town.warehouse.set("TEA", -1)
    with town.serve() as address:
        yield f"{address}/warehouse/levels.csv"


def a_feed(monkeypatch, url, token):
    kept = {"conn_type": "warehouse", "host": url, "port": 0, "password": token}
    monkeypatch.setenv("AIRFLOW_CONN_WMS", json.dumps(kept))
    return WarehouseHook("wms")


def test_the_test_button_of_a_warehouse_says_what_the_feed_states_and_what_is_wrong_with_it(monkeypatch, feed):
    worked, said = a_feed(monkeypatch, feed, "sandbox-warehouse-token").test_connection()

    assert worked, said
    assert said == (
        "The warehouse feed states 2 levels of 1 SKU. Of its rows 1 cannot be used; the first: row 4: on_hand is below nothing. "
        "Count it again; state 0 if there is none."
    )


def test_the_demos_connection_leads_to_the_demos_warehouse(monkeypatch, base):
    from include.commands.stack.sandbox import Sandbox

    for name, text in Sandbox(base, service=None).connections().items():
        monkeypatch.setenv(name, text)

    assert WarehouseHook("warehouse_demo").test_connection() == (
        True,
        "The warehouse feed states 5 levels of 5 SKUs. Nothing is wrong with it.",
    )


def test_a_wrong_token_or_address_of_a_warehouse_is_told_without_them(monkeypatch, feed):
    for url, token, why in (
        (feed, "not-the-token", "(401): check the token"),
        ("http://wms.example/not-an-address", "t", "must begin with https://"),
    ):
        worked, said = a_feed(monkeypatch, url, token).test_connection()

        assert not worked
        assert why in said
        assert "not-the-token" not in said
        assert "not-an-address" not in said


def test_the_token_of_a_warehouse_is_masked_in_logs_as_it_is_sent_without_the_blanks_that_were_typed(monkeypatch, feed):
    from airflow.sdk.log import redact

    a_feed(monkeypatch, feed, " a-token-to-mask ").get_conn().close()

    assert redact("Bearer a-token-to-mask, said aloud") == "Bearer ***, said aloud"


def connection(monkeypatch, name, kind, base, **extra):
    monkeypatch.setenv(
        f"AIRFLOW_CONN_{name.upper()}", json.dumps({"conn_type": kind, "host": base, "port": 0, "extra": extra})
    )


def test_the_test_button_of_a_shop_says_which_shop_answers(monkeypatch, base):
    connection(monkeypatch, "bc", "bigcommerce", base, store_hash="demo1", access_token="sandbox-bc-token")

    worked, said = BigCommerceHook("bc").test_connection()

    assert worked, said
    assert said.startswith("BigCommerce answers for ")


def test_the_test_button_of_the_books_says_which_organisation_answers(monkeypatch, base):
    connection(
        monkeypatch, "books", "xero", base, client_id="sandbox-client", client_secret="sandbox-secret",
        identity_url=base, tenant_id=None,
    )  # fmt: skip

    worked, said = XeroHook("books").test_connection()

    assert worked, said
    assert "AUD" in said


def test_a_wrong_token_is_told_without_the_token(monkeypatch, base):
    connection(monkeypatch, "bc", "bigcommerce", base, store_hash="demo1", access_token="not-the-token")

    worked, said = BigCommerceHook("bc").test_connection()

    assert not worked
    assert "not-the-token" not in said


def test_an_empty_field_is_named(monkeypatch, base):
    connection(monkeypatch, "books", "xero", base, client_id="x", token_url=f"{base}/connect/token")

    assert XeroHook("books").test_connection() == (False, "Connection books: client_secret is empty")
