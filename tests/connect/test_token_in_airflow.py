"""A real Airflow keeps the token of an installation: made where there was no Connection, changed where there was one.

Business risk: Airflow shows secrets as ***; a command that writes back what it was shown would put stars where a secret was.
"""

from __future__ import annotations

import os

import pytest

from include.commands.connect.connection_kept import keep_token
from include.commands.stack.airflow_settings import AirflowPlan, environment
from include.commands.stack.keys import Keys
from include.commands.stack.local import local_stack
from include.commands.surroundings import Surroundings
from include.settings.connections import Connection, read, shop_arguments

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_the_token_is_made_then_changed_and_the_other_secrets_stay(tmp_path, monkeypatch):
    variable = "AIRFLOW_CONN_BIGCOMMERCE_AU"
    monkeypatch.setenv(variable, "planted")
    monkeypatch.delenv(variable)
    folder = tmp_path / "stack"
    with local_stack(("postgres", "airflow"), folder) as stack:
        keys = Keys.of(folder)
        around = Surroundings({}, stack.airflow.url, "admin", keys.admin_password)
        dsn = stack.postgres.dsn("airflow", "airflow_demo")
        plan = AirflowPlan(folder / "airflow", folder / "logs", folder, 0, dsn, 1.0, {})
        theirs = environment(plan, keys, os.environ)

        said = keep_token(
            around, Connection("bigcommerce_au", "bigcommerce"), "au1", "planted-token-one", local=tmp_path
        )
        assert "made in Airflow" in said
        monkeypatch.delenv(variable)
        kept = read("bigcommerce_au", theirs)
        assert (kept.conn_type, shop_arguments(kept)["access_token"]) == ("bigcommerce", "planted-token-one")

        # Somebody puts an app's secret into the form; the next installation must leave it as it is.
        extra = '{"store_hash": "au1", "access_token": "planted-token-one", "client_secret": "planted-secret"}'
        told = {"connection_id": "bigcommerce_au", "conn_type": "bigcommerce", "extra": extra}
        stack.airflow.call("PATCH", "/connections/bigcommerce_au", told, update_mask="extra")
        said = keep_token(
            around, Connection("bigcommerce_au", "bigcommerce"), "au1", "planted-token-two", local=tmp_path
        )
        assert "changed in Airflow" in said
        assert "planted" not in said
        monkeypatch.delenv(variable)
        kept = read("bigcommerce_au", theirs)
        assert kept.extra_dejson["access_token"] == "planted-token-two"
        assert kept.extra_dejson["client_secret"] == "planted-secret"
    assert not (tmp_path / "connections").exists()
