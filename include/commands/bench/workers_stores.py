"""The stores of `make bench-workers`: file, Connections and pools of each; a shop and an organisation of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from include.commands.stack.places import HOST, ROOT
from include.commands.stack.sandbox import CLIENT_ID, CLIENT_SECRET

FLOW = "orders_to_books"
ACCESS_TOKEN = "sandbox-workers-token"  # opens nothing but the sandbox

# @once: a store's only run begins when its DAG is unpaused.
STORE = """\
store: {key}
name: Shop {key}
mode: live
schedule: "@once"
bigcommerce: {{connection: bigcommerce_{key}, store_hash: {store_hash}}}
xero: {{connection: xero_{key}, organisation: {key}, country: AU}}
start_from: 2026-01-01
accounts: {{sales: "200", shipping: "260", handling: "260", wrapping: "260", rounding: "860", card_clearing: 615-CARD}}
tax_rules: [{{rule: gst, country: AU, rate: 10, tax_type: OUTPUT}}]
payments: [{{tender: card_clearing, payment_method: Credit Card, account: 615-CARD, in_full: true}}]
policies: {{orders_a_day_max: 1000000}}
"""


def key_of(index: int) -> str:
    """The store's key."""
    return f"bench{index:02d}"


def dag_of(index: int) -> str:
    """Its DAG."""
    return f"{FLOW}__{key_of(index)}"


def store_hash(index: int) -> str:
    """How BigCommerce names its shop."""
    return f"hash{index:02d}"


def tenant_id(index: int) -> str:
    """How Xero names its organisation."""
    return f"5a9db0c5-0000-4000-8000-{index:012d}"


def write_stores(folder: Path, count: int) -> None:
    """One file a store, and no other."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.yaml"):
        left.unlink()
    for index in range(count):
        text = STORE.format(key=key_of(index), store_hash=store_hash(index))
        (folder / f"{key_of(index)}.yaml").write_text(text)


def write_dags(folder: Path, retry_delay_s: float | None) -> None:
    """The flow's own file as the one DAG file; with other words before it if a failed task may not wait five minutes."""
    text = (ROOT / "dags" / f"{FLOW}.py").read_text()
    if retry_delay_s is not None:
        text = (
            "from datetime import timedelta\n\nimport bridge.store_dags\n\n"
            f"bridge.store_dags.DELAY = timedelta(seconds={retry_delay_s})\n\n{text}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{FLOW}.py").write_text(text)


def connections(ports: Sequence[int]) -> dict[str, str]:
    """Airflow's Connections of all stores as environment variables; the town of store n answers at port n."""
    told: dict[str, str] = {}
    for index, port in enumerate(ports):
        url, name = f"http://{HOST}:{port}", key_of(index).upper()
        shop = {"store_hash": store_hash(index), "access_token": ACCESS_TOKEN}
        books = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "token_url": f"{url}/connect/token",
            "tenant_id": tenant_id(index),
        }
        for kind, extra in (("bigcommerce", shop), ("xero", books)):
            told[f"AIRFLOW_CONN_{kind.upper()}_{name}"] = json.dumps({"conn_type": kind, "host": url, "extra": extra})
    return told


def pools(count: int) -> Mapping[str, int]:
    """The pools of all stores, as many slots as the README gives them."""
    keys = [key_of(index) for index in range(count)]
    return {f"{kind}_{key}": 4 for kind in ("shop", "books") for key in keys}
