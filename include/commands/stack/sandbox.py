"""Both vendors and a warehouse as one process, and the Connections that lead Airflow to it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from include.commands.stack.places import HOST
from include.commands.stack.processes import Service, start, wait_until
from include.commands.stack.state import State

START_MAX_S = 30.0
TIMEOUT_S = 10.0

# What the sandbox's shop and books let in (include/sandbox). They open nothing but the sandbox.
STORE_HASH, ACCESS_TOKEN = "demo1", "sandbox-bc-token"
CLIENT_ID, CLIENT_SECRET = "sandbox-client", "sandbox-secret"
WAREHOUSE_TOKEN = "sandbox-warehouse-token"


@dataclass
class Sandbox:
    """The running sandbox. `url` is the base address of both vendors."""

    url: str
    service: Service

    def post(self, path: str, told: object) -> object:
        """Operate it: `post("stories", {"story": "be_down_for", "vendor": "xero"})`, `post("reset", {"to": "demo"})`."""
        with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as http:
            answer = http.post(f"{self.url}/_sandbox/{path}", json=told)
        answer.raise_for_status()
        return answer.json()

    def connections(self) -> dict[str, str]:
        """Airflow's Connections `bigcommerce_demo`, `xero_demo` and `warehouse_demo`, as environment variables."""
        shop = {"store_hash": STORE_HASH, "access_token": ACCESS_TOKEN}
        books = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "token_url": f"{self.url}/connect/token",
            "tenant_id": self._tenant_id(),
        }
        feed = {"conn_type": "warehouse", "host": f"{self.url}/warehouse/levels", "password": WAREHOUSE_TOKEN}
        return {
            "AIRFLOW_CONN_WAREHOUSE_DEMO": json.dumps(feed),
            "AIRFLOW_CONN_BIGCOMMERCE_DEMO": json.dumps({"conn_type": "bigcommerce", "host": self.url, "extra": shop}),
            "AIRFLOW_CONN_XERO_DEMO": json.dumps({"conn_type": "xero", "host": self.url, "extra": books}),
        }

    def documents(self, kind: str, page_size: int = 100) -> list[dict[str, object]]:
        """All documents of a kind ("Invoices", "CreditNotes", "Payments") as Xero answers them, amounts as text.

        Asked over Xero's own API, so that what is compared is what an accountant would see.
        """
        found: list[dict[str, object]] = []
        with self._books() as http:
            while True:
                page = {"page": len(found) // page_size + 1, "pageSize": page_size}
                answer = http.get(f"/api.xro/2.0/{kind}", params=page)
                answer.raise_for_status()
                rows = json.loads(answer.text, parse_float=str)[kind]
                found += rows
                if len(rows) < page_size:
                    return found

    def levels(self) -> dict[str, int]:
        """What the shop has on hand of each SKU at its default location, as BigCommerce answers it."""
        headers = {"X-Auth-Token": ACCESS_TOKEN, "Accept": "application/json"}
        asked = {"location_id:in": "1", "limit": "1000"}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=TIMEOUT_S) as http:
            answer = http.get(f"/stores/{STORE_HASH}/v3/inventory/items", params=asked)
        answer.raise_for_status()
        return {row["identity"]["sku"]: row["locations"][0]["total_inventory_onhand"] for row in answer.json()["data"]}

    def _books(self) -> httpx.Client:
        with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as http:
            asked = {"grant_type": "client_credentials"}
            answer = http.post(f"{self.url}/connect/token", data=asked, auth=(CLIENT_ID, CLIENT_SECRET))
        answer.raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}", "Accept": "application/json"}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=TIMEOUT_S)

    def _tenant_id(self) -> str:
        with self._books() as http:
            answer = http.get("/connections")
        answer.raise_for_status()
        return str(answer.json()[0]["tenantId"])


def start_sandbox(*, port: int, state: State, logs: Path, empty: bool) -> Sandbox:
    """Start it; `wait_for` tells when it answers."""
    command = [sys.executable, "-m", "include.sandbox", "--port", str(port), *(["--empty"] if empty else [])]
    service = start("the sandbox", command, log=logs / "sandbox.log", state=state)
    return Sandbox(f"http://{HOST}:{port}", service)


def wait_for(url: str, service: Service, limit_s: float = START_MAX_S) -> None:
    """Wait until a page answers. Raises StackError at the limit, or as soon as its process has ended."""
    with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as http:

        def answers() -> bool:
            try:
                return http.get(url).status_code < 500
            except httpx.TransportError:
                return False

        wait_until(service.name, answers, limit_s=limit_s, services=[service])
