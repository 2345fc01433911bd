"""`python deploy/sandbox_connections.py`: the demo store's Connections, leading to the sandbox and the mail catcher.

Only the profile `sandbox` runs it. A Connection that is there already is left as it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx

from include.commands.stack.sandbox import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, STORE_HASH


def connections(sandbox_url: str, mail_host: str, mail_port: int) -> dict[str, dict[str, object]]:
    """Connection id -> what Airflow keeps of it. Asks the sandbox for its tenant."""
    token_url = f"{sandbox_url}/connect/token"
    with httpx.Client(trust_env=False, timeout=10) as http:
        told = http.post(token_url, data={"grant_type": "client_credentials"}, auth=(CLIENT_ID, CLIENT_SECRET))
        told.raise_for_status()
        seen = http.get(
            f"{sandbox_url}/connections", headers={"Authorization": f"Bearer {told.json()['access_token']}"}
        )
        seen.raise_for_status()
    shop = {"store_hash": STORE_HASH, "access_token": ACCESS_TOKEN}
    books = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "token_url": token_url,
        "tenant_id": seen.json()[0]["tenantId"],
    }
    mail = {"disable_ssl": True, "disable_tls": True, "from_email": "bridge@localhost", "timeout": 10, "retry_limit": 2}
    # Port 0, since the Test button sends 0 for a port that is empty and then finds a difference (airflow.md 0.6).
    return {
        "bigcommerce_demo": {"conn_type": "bigcommerce", "host": sandbox_url, "port": 0, "extra": json.dumps(shop)},
        "xero_demo": {"conn_type": "xero", "host": sandbox_url, "port": 0, "extra": json.dumps(books)},
        "smtp_default": {"conn_type": "smtp", "host": mail_host, "port": mail_port, "extra": json.dumps(mail)},
    }


def main() -> int:
    """Give them to Airflow."""
    told = connections(os.environ.get("SANDBOX_URL", "http://sandbox:8900"), "mail", 2525)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(told, file)
        file.flush()
        return subprocess.run([sys.executable, "-m", "airflow", "connections", "import", file.name]).returncode


if __name__ == "__main__":
    sys.exit(main())
