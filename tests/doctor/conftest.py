"""A town on real HTTP, the Connections that lead to it, and the doctor's findings by what was asked."""

import json
from dataclasses import dataclass, field

import pytest

from include.commands.doctor.examination import examine
from include.commands.surroundings import Surroundings
from include.sandbox.town import Town

TOKEN, SECRET = "sandbox-bc-token", "sandbox-secret"


@dataclass
class Clinic:
    """The demo's town and what the doctor is told of it; a test changes either before it asks."""

    town: Town
    base: str
    shop: dict = field(default_factory=dict)
    books: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)

    def connections(self) -> dict[str, str]:
        shop = {"store_hash": "demo1", "access_token": TOKEN} | self.shop
        books = {"client_id": "sandbox-client", "client_secret": SECRET, "identity_url": self.base} | self.books
        return {
            "AIRFLOW_CONN_BIGCOMMERCE_DEMO": json.dumps({"conn_type": "bigcommerce", "host": self.base, "extra": shop}),
            "AIRFLOW_CONN_XERO_DEMO": json.dumps({"conn_type": "xero", "host": self.base, "port": 0, "extra": books}),
        }

    def findings(self, store: str = "demo") -> dict:
        """What was found, by what was asked; nothing may be asked twice in one examination."""
        found = list(examine(store, Surroundings(self.connections() | self.environment)))
        by_check = {finding.check: finding for finding in found}
        assert len(by_check) == len(found), [finding.check for finding in found]
        for finding in found:
            assert (finding.state == "ok") == (finding.remedy == ""), finding
            for secret in (TOKEN, SECRET, *(str(value) for value in self.shop.values() if "token" in str(value))):
                assert secret not in finding.line(), finding.check
        return by_check


@pytest.fixture
def clinic(monkeypatch):
    monkeypatch.delenv("BRIDGE_STORES", raising=False)
    town = Town.demo()
    with town.serve() as base:
        yield Clinic(town, base)
