"""Business risk: one mistyped line in a store's file, or Airflow's database away for a minute, and every webhook of the
store is taken for a stranger's; or each minute two hundred webhooks wait until the files are read.
"""

import shutil
import threading
import time

import httpx
import pytest
from door_desk import ORDER
from hypothesis import given, settings
from hypothesis import strategies as st

from include.door import app, known
from include.door.app import door
from include.door.known import Register
from include.settings.connections import Connection, NoConnectionError
from include.settings.door_secret import HEADER, door_secret
from include.settings.store import store_files

XERO_KEY = "a webhook key"


class Airflow:
    """Connections that can be read, or not, or only slowly."""

    def __init__(self):
        self.away, self.gate, self.asked = False, threading.Event(), 0
        self.gate.set()
        self.fields = {"client_secret": "of the app", "webhook_secret": XERO_KEY, "tenant_id": "t"}

    def __call__(self, name):
        self.asked += 1
        self.gate.wait(10)
        if self.away:
            raise NoConnectionError("away")
        return Connection(name, "xero", extra_dejson=self.fields)


@pytest.fixture
def stores(tmp_path, monkeypatch):
    shutil.copy(next(path for path in store_files() if path.stem == "demo"), tmp_path / "demo.yaml")
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))
    monkeypatch.setenv("BRIDGE_KEY", "a key of a test")
    monkeypatch.setattr(known, "KEPT_S", 0.0)
    return tmp_path


def read_anew(register):
    return register.reading().result(10)


def test_what_is_old_serves_until_the_new_is_read_and_nobody_waits(stores):
    airflow = Airflow()
    register = Register(airflow, 0.0)
    assert register.known is None
    read_anew(register)

    airflow.gate.clear()
    airflow.fields = {**airflow.fields, "webhook_secret": "the next one"}
    began = time.monotonic()
    assert {register.known.books["demo"].webhook_key for _ in range(100)} == {XERO_KEY}
    assert time.monotonic() - began < 1
    airflow.gate.set()
    assert read_anew(register).books["demo"].webhook_key == "the next one"


def test_many_that_ask_at_once_are_one_reading(stores):
    airflow = Airflow()
    register = Register(airflow, 0.0)
    airflow.gate.clear()
    readings = {id(register.reading()) for _ in range(50)}
    airflow.gate.set()
    read_anew(register)

    assert len(readings) == 1
    assert airflow.asked <= 4


def test_a_mistake_in_a_stores_file_leaves_its_webhooks_as_they_were(stores):
    register = Register(Airflow(), 0.0)
    before = read_anew(register).stores
    (stores / "demo.yaml").write_text("store: [")

    assert read_anew(register).stores == before
    (stores / "demo.yaml").unlink()
    assert read_anew(register).stores == {}


def test_a_flow_that_is_switched_on_is_wanted_from_then_on(stores):
    register = Register(Airflow(), 600.0)
    text = (stores / "demo.yaml").read_text()
    before = read_anew(register).stores["demo"].wants
    (stores / "demo.yaml").write_text(text + "\ncustomers: {enabled: true}\n")

    assert "order" in before
    assert read_anew(register).stores["demo"].wants == before | {"customer"}


def test_connections_that_cannot_be_read_stay_as_they_were(stores):
    airflow = Airflow()
    register = Register(airflow, 0.0)
    before = read_anew(register)
    airflow.away = True

    assert read_anew(register) == before


def test_secrets_are_in_no_text_of_it(stores):
    register = Register(Airflow(), 0.0)
    text = repr(read_anew(register))
    for secret in (XERO_KEY, "of the app", door_secret("demo")):
        assert secret not in text


class Kept:
    """Keeps in memory what is kept, and all counts."""

    def __init__(self):
        self.rows, self.counts = [], []

    def keep(self, rows):
        from concurrent.futures import Future

        self.rows += rows
        done = Future()
        done.set_result(None)
        return done

    def count(self, *what):
        self.counts.append(what)


def posted(register, path, keeper=None, **said):
    """The answer of a door in this process; whatever it raises is raised here."""
    import asyncio

    async def post():
        transport = httpx.ASGITransport(door(register, keeper or Kept()))
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as http:
            return await http.post(path, **said)

    return asyncio.run(post())


def test_while_xeros_key_cannot_be_read_xero_is_not_told_that_it_is_wrong(stores):
    airflow = Airflow()
    airflow.away = True
    register = Register(airflow, 0.0)

    assert posted(register, "/xero/demo", content=b"{}").status_code == 503
    airflow.away = False
    read_anew(register)
    assert posted(register, "/xero/demo", content=b"{}").status_code == 401


def test_without_bridge_key_nothing_is_refused_for_good_and_nothing_is_told(stores, monkeypatch, caplog):
    monkeypatch.setenv("BRIDGE_KEY", "")
    answer = posted(Register(Airflow(), 0.0), "/bigcommerce/demo", json={**ORDER, "hash": "personal"})

    assert (answer.status_code, answer.content) == (503, b"")
    assert "personal" not in caplog.text


def test_stores_that_are_read_too_slowly_and_bodies_that_come_in_drops_end_in_time(stores, monkeypatch):
    monkeypatch.setattr(app, "ANSWER_MAX_S", 0.2)
    airflow = Airflow()
    airflow.gate.clear()
    register = Register(airflow, 0.0)
    assert posted(register, "/bigcommerce/demo", json=ORDER).status_code == 503
    airflow.gate.set()
    read_anew(register)

    async def drops():
        import asyncio

        while True:
            await asyncio.sleep(0.05)
            yield b" "

    assert posted(register, "/bigcommerce/demo", content=drops()).status_code == 503


def test_a_signature_that_nobody_verifies_is_told_once_by_name_and_never_by_value(stores, caplog):
    register, keeper = Register(Airflow(), 600.0), Kept()
    read_anew(register)
    app_of = door(register, keeper)
    import asyncio

    async def post():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app_of), base_url="http://door") as http:
            for _ in range(3):
                headers = {HEADER: door_secret("demo"), "X-BC-Signature": "of great value"}
                said = {**ORDER, "producer": "stores/demo1"}
                assert (await http.post("/bigcommerce/demo", json=said, headers=headers)).status_code == 200

    asyncio.run(post())
    assert keeper.counts == [("demo", "bigcommerce", "unknown_signature")] * 3
    assert len(keeper.rows) == 3
    assert caplog.text.count("x-bc-signature") == 1
    assert "of great value" not in caplog.text


NAMES = [
    HEADER,
    "webhook-signature",
    "webhook-timestamp",
    "webhook-id",
    "content-type",
    "x-xero-signature",
    "content-length",
]
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
SAID = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["scope", "data", "id", "events", "producer", "created_at", "hash", "order_id"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(
    path=st.sampled_from(["/bigcommerce/demo", "/bigcommerce/other", "/bigcommerce/%00", "/xero/demo", "/xero/other"]),
    said=st.binary(max_size=200) | SAID,
    headers=st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=5),
    ours=st.booleans(),
)
def test_whatever_comes_the_answer_is_one_of_four_and_nothing_fails(path, said, headers, ours):
    """With our secret and Xero's signature too, so that what lies behind them meets it all."""
    import base64
    import hashlib
    import hmac
    import json

    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    given = {name: value.encode("latin-1") for name, value in headers.items()}
    if ours:
        given[HEADER] = REGISTER.known.stores["demo"].secret.encode()
        given["x-xero-signature"] = base64.b64encode(hmac.new(XERO_KEY.encode(), content, hashlib.sha256).digest())
    answer = posted(REGISTER, path, content=content, headers=given)

    assert answer.status_code in (200, 401, 413)  # 503 is for what fails around it
    assert answer.content == b""


def test_nothing_else_is_there_and_nobody_is_sent_elsewhere():
    for path in ("/", "/bigcommerce", "/bigcommerce/demo/", "/xero/demo/x", "/xero/..%2f", "/docs", "/openapi.json"):
        assert posted(REGISTER, path, content=b"{}").status_code == 404, path


class _Fixed:
    known = known.Known(
        {"demo": known.Keys("demo", "stores/demo1", frozenset({"order", "stock"}), "the secret", "of the app")},
        {"demo": known.Books("demo", ("demo",), None, XERO_KEY)},
    )


REGISTER = _Fixed()
