"""The store's owner installs our app: the whole hand-shake against the sandbox, and where the token goes.

Business risk: a token of another store, with which orders would be read into the wrong books; a token on a screen.
"""

from __future__ import annotations

import json
import stat
from functools import partial

import pytest

from include.commands.connect import bigcommerce, connection_kept
from include.commands.connect.connection_kept import keep_token
from include.settings.connections import out_of_text

VARIABLE = "AIRFLOW_CONN_BIGCOMMERCE_DEMO"


@pytest.fixture
def desk(desk, monkeypatch, tmp_path):
    monkeypatch.setenv("BIGCOMMERCE_CLIENT_ID", "sandbox-app")
    monkeypatch.setenv("BIGCOMMERCE_CLIENT_SECRET", "sandbox-app-secret")
    keep = partial(keep_token, env_file=tmp_path / ".env", local=tmp_path)
    monkeypatch.setattr(bigcommerce, "keep_token", keep)
    return desk


def confirm(link, browser):
    assert browser.get(link).status_code == 200
    return browser.post(link, data={"answer": "confirm"})


def test_the_owner_confirms_and_the_token_waits_in_a_file_that_nobody_else_reads(desk, tmp_path):
    pages = []

    assert desk.run(bigcommerce.main, lambda link, browser: pages.append(confirm(link, browser))) in (0, 1)

    file = tmp_path / "connections" / VARIABLE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = out_of_text("bigcommerce_demo", file.read_text())
    assert kept.extra_dejson["access_token"] == desk.town.shop.app.token
    assert kept.extra_dejson["login_url"] == desk.base  # what else was in the Connection stays
    assert f"Set the variable {VARIABLE}" in desk.said
    assert "ok    connection bigcommerce_demo" in desk.said
    assert desk.tells_nothing_secret()
    assert pages[0].status_code == 200
    assert desk.town.shop.app.token not in pages[0].text


def test_it_is_written_into_env_where_the_connection_stands_there_and_the_person_agrees(desk, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text(f'BRIDGE_PORT=8080\n{VARIABLE}=\'{{"conn_type": "bigcommerce"}}\'\n')
    monkeypatch.setattr(connection_kept, "yes", lambda question: True)

    desk.run(bigcommerce.main, confirm)

    from include.commands.up import read_env

    written = read_env(tmp_path / ".env")
    assert written["BRIDGE_PORT"] == "8080"
    assert json.loads(written[VARIABLE])["extra"]["access_token"] == desk.town.shop.app.token
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert not (tmp_path / "connections").exists()


def test_an_answer_of_another_store_is_not_taken(desk):
    seen = []

    def clicks(link, browser):
        told = {"code": "x", "context": "stores/somebody", "scope": "store_v2_orders"}
        seen.append(browser.get(desk.redirect, params=told).status_code)
        confirm(link, browser)

    desk.run(bigcommerce.main, clicks)

    assert seen == [400]
    assert "Installed: " in desk.said


def test_a_code_that_the_vendor_does_not_take_connects_nothing(desk):
    told = {"code": "made up", "context": "stores/demo1", "scope": "x"}

    assert desk.run(bigcommerce.main, lambda link, browser: browser.get(desk.redirect, params=told)) == 1
    assert "nothing was connected" in desk.said
    assert "made up" not in desk.said


def test_without_the_apps_secret_nobody_is_asked(desk, monkeypatch):
    monkeypatch.delenv("BIGCOMMERCE_CLIENT_SECRET")

    assert desk.run(bigcommerce.main, lambda *_: pytest.fail("a link was shown")) == 2
    assert "BIGCOMMERCE_CLIENT_SECRET" in desk.said
