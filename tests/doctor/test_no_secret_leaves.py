"""Business risk: a token in a log opens shop or books to all who may read logs; a customer's address in one is a breach.

A real Airflow runs the main job green, then red at the books, then red at the shop, with secrets and a customer that can be
recognised. Then everything that was written is read: logs, mails, each column of both databases.
"""

import base64
import email
import email.policy
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import psycopg2
import pytest
from psycopg2 import sql

from include.clients.xero import Xero
from include.commands.stack.keys import Keys
from include.commands.stack.local import local_stack
from include.commands.stack.sandbox import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET
from include.sandbox.order_builder import an_order

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

DAG = "orders_to_books__demo"
PERSON = {
    "first name": "Plantafirst",
    "last name": "Plantalast",
    "e-mail": "planta.person@kunde-mail.example",
    "second e-mail": "planta.double@kunde-mail.example",
    "street": "77 Plantastreet",
    "phone": "0491 570 156",
}
# Where a customer may be: what the shop said, the planned contact, and the very bytes sent for it (write-ahead).
PLACES_OF_PEOPLE = {
    ("raw_part", "body"),
    ("planned_contact", "name"),
    ("planned_contact", "suffixed_name"),
    ("planned_contact", "email"),
    ("planned_contact", "body"),
    ("chunk", "body"),
}
# Tokens that are made while it runs: Xero's in the sandbox, and what Airflow signs for its tasks.
MADE_ON_THE_WAY = {
    "a token of the books": re.compile(rb"sandbox-[A-Za-z0-9_-]{43}"),
    "a signed token": re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}"),
}


def planted_keys(folder) -> dict[str, str]:
    """Secrets that can be recognised, in the file from which the stack takes them."""
    planted = {
        name: f"planted-{name.replace('_', '-')}-{'x' * 40}"
        for name in Keys.__dataclass_fields__
        if name != "fernet_key"
    }
    planted["fernet_key"] = base64.urlsafe_b64encode(b"planted-fernet-key-of-32-bytes-!").decode()
    folder.mkdir(parents=True)
    (folder / "secrets.json").write_text(json.dumps(planted))
    return planted


def a_bundle(order_id, *, at, mail=PERSON["e-mail"], **order_fields):
    """An order of the planted customer, placed at `at`; the moving window sees it as changed two minutes ago."""
    changed = format_datetime(datetime.now(UTC) - timedelta(minutes=2))
    bundle = an_order(order_id).placed(at).bought_by("Rosa Lind", customer=order_id).line("MUG", price="22.00").build()
    text = json.dumps(bundle, default=float)
    address = bundle["order"]["billing_address"]
    for plain, planted in (
        (address["email"], mail),
        (address["street_1"], PERSON["street"]),
        (f'"{address["first_name"]}"', f'"{PERSON["first name"]}"'),
        (f'"{address["last_name"]}"', f'"{PERSON["last name"]}"'),
        ('"phone": ""', f'"phone": "{PERSON["phone"]}"'),
    ):
        assert plain in text
        text = text.replace(plain, planted)
    planted_bundle = json.loads(text)
    note = f"Leave it with {PERSON['last name']}, {PERSON['street']}"
    planted_bundle["order"] |= {"customer_message": note, "staff_notes": note, "date_modified": changed, **order_fields}
    return planted_bundle


def files_written(folder) -> Iterator[tuple[str, bytes]]:
    """Every line of every log, and every part of every mail."""
    for path in sorted([*(folder / "logs").rglob("*"), *(folder / "airflow").rglob("*.log")]):
        if path.is_file():
            for number, line in enumerate(path.read_bytes().splitlines(), 1):
                yield f"{path.relative_to(folder)}, line {number}", line
    for path in sorted((folder / "mail").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        yield f"mail {path.name}, headers", str(message.items()).encode()
        for part in message.walk():
            if not part.is_multipart():
                yield f"mail {path.name}, {part.get_content_type()}", part.get_payload(decode=True)


def rows_written(dsn) -> Iterator[tuple[str, str, bytes, dict]]:
    """Every value of every table: table, column, value as bytes, and its row."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            names = [column.name for column in cursor.description]
            for values in cursor:
                row = dict(zip(names, values, strict=True))
                for name, value in row.items():
                    if value is not None:
                        yield table, name, bytes(value) if isinstance(value, memoryview) else str(value).encode(), row
    connection.close()


def secrets_in(text: bytes, secrets: dict[str, bytes]) -> list[str]:
    return [name for name, secret in secrets.items() if secret in text] + [
        name for name, pattern in MADE_ON_THE_WAY.items() if pattern.search(text)
    ]


def people_in(text: bytes) -> list[str]:
    return [name for name, word in PERSON.items() if word.encode().lower() in text.lower()]


def run(stack, moment) -> str:
    run_id = stack.airflow.trigger(DAG, run_after=moment)
    return stack.airflow.wait(DAG, run_id, 240)


def contacts_in_the_way(url):
    """Two of one address, and one of the name that 5006 would get: holds must say so without naming the person."""
    with Xero.open(
        base_url=url, token_url=f"{url}/connect/token", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, tenant_id=None
    ) as books:
        contacts = [{"Name": f"Somebody {n}", "EmailAddress": PERSON["second e-mail"]} for n in (1, 2)]
        contacts.append({"Name": f"{PERSON['first name']} {PERSON['last name']} (BC 5006)"})
        books.write("PUT", "Contacts", json.dumps({"Contacts": contacts}).encode(), key="planted")


def everything_planted(stack) -> tuple[str, str, str]:
    """The runs' states: green, red at the books, red at the shop."""
    now = datetime.now(UTC).replace(microsecond=0)
    placed = now - timedelta(hours=2)
    contacts_in_the_way(stack.sandbox.url)
    for bundle in (
        a_bundle(5001, at=placed),
        a_bundle(5002, at=placed, total_inc_tax=PERSON["last name"]),  # what belongs elsewhere
        a_bundle(5003, at=placed, mail=PERSON["second e-mail"]),
        a_bundle(5004, at=placed, mail=f"{PERSON['e-mail']}, or call"),  # an address that Xero refuses
        a_bundle(5006, at=placed, mail="planta.third@kunde-mail.example"),
    ):
        stack.sandbox.post("orders", bundle)
    stack.airflow.wait_for_dag(DAG)
    stack.airflow.unpause(DAG)
    green = run(stack, now - timedelta(days=1))

    stack.sandbox.post("orders", a_bundle(5005, at=placed))
    stack.sandbox.post("stories", {"story": "revoke_the_token", "vendor": "xero", "for_good": True})
    red_at_the_books = run(stack, now - timedelta(hours=23))

    stack.sandbox.post("stories", {"story": "revoke_the_token", "vendor": "bigcommerce"})
    red_at_the_shop = run(stack, now - timedelta(hours=22))
    return green, red_at_the_books, red_at_the_shop


def test_secrets_and_people_are_nowhere_but_where_they_belong(tmp_path):
    folder = tmp_path / "stack"
    planted = planted_keys(folder)
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    planted |= {"access token": ACCESS_TOKEN, "client secret": CLIENT_SECRET, "client id and secret": basic}
    secrets = {name: secret.encode() for name, secret in planted.items()}

    with local_stack(folder=folder) as stack:
        states = everything_planted(stack)
        business = list(rows_written(stack.database.owner_dsn))
        airflow = list(rows_written(stack.postgres.dsn("airflow", "airflow_demo")))
        calls = httpx.get(f"{stack.sandbox.url}/_sandbox/calls", trust_env=False).json()["calls"]
    files = list(files_written(folder))

    # Nothing passes by checking nothing: it ran as told, and each place holds what it must.
    assert states == ("success", "failed", "failed")
    assert {each["vendor"] for each in calls} == {"bigcommerce", "xero"}
    assert len(files) > 1000
    assert any(place.startswith("mail") for place, _ in files)
    assert {table for table, *_ in airflow} >= {"xcom", "rendered_task_instance_fields", "dag_run", "task_instance"}
    people = {(table, column) for table, column, text, _ in business if people_in(text)}
    assert people >= {("raw_part", "body"), ("planned_contact", "body"), ("planned_contact", "email")}
    assert 5002 in {row["order_key"] for table, _, _, row in business if table == "check_result"}
    assert {"5003", "5006"} <= {
        row["subject_key"] for table, _, _, row in business if table == "posting" and row["reason"]
    }

    told = [(place, secrets_in(text, secrets)) for place, text in files]
    told += [(f"Airflow's {table}.{column}", secrets_in(text, secrets)) for table, column, text, _ in airflow]
    told += [(f"{table}.{column}", secrets_in(text, secrets)) for table, column, text, _ in business]
    leaks = [f"{place}: {', '.join(names)}" for place, names in told if names]
    assert not leaks, "secrets where many can read them:\n" + "\n".join(leaks)

    seen = [(place, people_in(text)) for place, text in files]
    seen += [(f"Airflow's {table}.{column}", people_in(text)) for table, column, text, _ in airflow]
    seen += [
        (f"{table}.{column} of {row.get('target') or row.get('reason') or row.get('kind')}", people_in(text))
        for table, column, text, row in business
        if (table, column) not in PLACES_OF_PEOPLE or row.get("target", "Contacts") != "Contacts"
    ]
    breaches = [f"{place}: {', '.join(names)}" for place, names in seen if names]
    assert not breaches, "a customer outside raw parts and planned contacts:\n" + "\n".join(breaches)
