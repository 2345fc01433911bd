"""`make webhooks` as a person runs it: a process, a store file, the sandbox's shop.

Business risk covered: a command that says all is well where the shop has no webhook, or that prints the door's secret.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.settings.door_secret import door_secret
from include.settings.store import STORES_FOLDER

ROOT = Path(__file__).resolve().parents[2]
DOOR = "https://bridge.example.com/bridge/hooks/bigcommerce/demo"


@pytest.fixture
def run(place, tmp_path, monkeypatch):
    """The command with the demo's store, whose webhooks have this address."""
    monkeypatch.setenv("BRIDGE_KEY", "planted-bridge-key")

    def ended(do: str, *, url: str = "https://bridge.example.com/bridge") -> subprocess.CompletedProcess[str]:
        text = (STORES_FOLDER / "demo.yaml").read_text("utf-8")
        (tmp_path / "demo.yaml").write_text(f'{text}\nwebhooks:\n  url: "{url}"\n', "utf-8")
        shop = {"store_hash": place.town.shop.store_hash, "access_token": place.town.shop.token}
        books = {"client_id": "sandbox-client", "client_secret": "sandbox-secret", "identity_url": place.base}
        around = os.environ | {
            "BRIDGE_STORES": str(tmp_path),
            "AIRFLOW_CONN_BIGCOMMERCE_DEMO": json.dumps(
                {"conn_type": "bigcommerce", "host": place.base, "extra": shop}
            ),
            "AIRFLOW_CONN_XERO_DEMO": json.dumps({"conn_type": "xero", "host": place.base, "port": 0, "extra": books}),
        }
        command = [sys.executable, "-m", "include.commands.webhooks", "--store", "demo", "--do", do]
        return subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, timeout=60, check=False)

    return ended


def test_what_is_missing_is_shown_then_made_then_removed_and_the_secret_is_never_printed(run, place):
    before = run("show")
    assert before.returncode == 1, before.stderr
    assert "store/order/created: missing" in before.stdout

    made = run("register")
    assert made.returncode == 0, made.stderr
    rows = list(place.town.shop.hooks.rows.values())
    assert {row["destination"] for row in rows} == {DOOR}
    assert {row["headers"]["X-Bridge-Secret"] for row in rows} == {door_secret("demo")}
    assert run("show").returncode == 0

    assert run("remove").returncode == 0
    assert place.town.shop.hooks.rows == {}
    assert door_secret("demo") not in before.stdout + made.stdout + made.stderr


def test_a_store_without_an_address_is_told_which_setting_says_it(run):
    ended = run("register", url="")

    assert ended.returncode == 2
    assert "`webhooks: url`" in ended.stderr
