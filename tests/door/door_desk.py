"""The door as the vendors meet it: over HTTP, before a real PostgreSQL."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

import httpx

from include.database.connection import connect
from include.door.keeping import Keeper
from include.door.known import Books, Keys, Known
from include.settings.door_secret import HEADER

SECRET, CLIENT_SECRET, XERO_KEY = "hook secret of au", "client secret of the app", "webhook key of the organisation"
WANTED = frozenset({"order", "product", "stock"})

ORDER = {
    "scope": "store/order/updated",
    "store_id": "1025646",
    "data": {"type": "order", "id": 1042},
    "hash": "7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca",
    "created_at": 1794800000,
    "producer": "stores/abc123",
}


class Register:
    """What the door knows, as a test says it."""

    def __init__(self):
        self.known = Known(
            {"au": Keys("au", "stores/abc123", WANTED, SECRET, CLIENT_SECRET)},
            {"company": Books("company", ("au",), None, XERO_KEY)},
        )


@dataclass
class Door:
    """The door, and what lies behind it."""

    url: str
    dsn: str
    keeper: Keeper

    def shop(self, body, store="au", **headers):
        """A webhook of the shop; its secret is right unless a header says otherwise."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        with httpx.Client(trust_env=False) as http:
            return http.post(f"{self.url}/bigcommerce/{store}", content=content, headers={HEADER: SECRET, **headers})

    def books(self, body, organisation="company", key=XERO_KEY):
        """A webhook of Xero, signed with a key."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        signature = base64.b64encode(hmac.new(key.encode(), content, hashlib.sha256).digest()).decode()
        with httpx.Client(trust_env=False) as http:
            return http.post(
                f"{self.url}/xero/{organisation}", content=content, headers={"x-xero-signature": signature}
            )

    def rows(self, statement):
        """What the tables say."""
        import psycopg2

        connection = psycopg2.connect(self.dsn)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()
        finally:
            connection.close()

    def due(self):
        """What is due and nobody claimed."""
        return self.rows("SELECT subject_kind, subject_key, cause FROM due WHERE claimed_by IS NULL ORDER BY 1, 2, 3")

    def counted(self):
        """What the door did with what came."""
        self.keeper.close()
        return dict(self.rows("SELECT what, sum(events)::INTEGER FROM door_count GROUP BY what"))

    def database(self):
        """A connection of ours to the same database."""
        return connect(self.dsn)


def emptied(dsn):
    """Nothing came, nothing is due, nothing is linked."""
    import psycopg2

    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE inbox, door_count, due, document_link, attempt, chunk")
    connection.close()
