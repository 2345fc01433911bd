"""A sound store file, as a text with the store's key left open, and where the project is."""

import json
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

STORE = """\
store: {key}
name: Demo shop
bigcommerce: {{connection: bigcommerce_{key}, store_hash: {key}1, control_panel_url: "https://shop.example"}}
xero: {{connection: xero_{key}, organisation: one_company, country: AU}}
policies: {{prefix: {key}-, credit_prefix: {key}R-}}
schedule: "*/15 * * * *"
start_from: 2026-07-01
accounts: {{sales: 200, shipping: 200, handling: 200, wrapping: 200, rounding: 860}}
tax_rules:
  - {{rule: GST, country: AU, rate: 10, tax_type: OUTPUT}}
alerts: {{finance: [books@merchant.example], operations: [night@merchant.example], sender: bridge@merchant.example}}
"""


def smtp_connection(port):
    """Airflow's mail Connection to a plain server on this machine, as its environment variable spells it."""
    plain = {"disable_ssl": True, "disable_tls": True, "retry_limit": 0}
    return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": plain})
