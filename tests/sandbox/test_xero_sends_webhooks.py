"""The sandbox's organisation tells what changes in it, as Xero's documents say (reference xero.md 9).

Business risk: our door is proved against an organisation that sends otherwise than Xero does.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from openapi_schema_validator import OAS31Validator
from vendors_description import specs_path

from include.sandbox.town import Town

KEY = "webhook key"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def signed(body, key=KEY):
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


@pytest.fixture
def app():
    """A receiver: `.heard` are the bodies that were signed rightly; `.judges` False believes everybody; `.answer` else."""

    class App(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            right = hmac.compare_digest(self.headers["x-xero-signature"], signed(body)) or not self.server.judges
            told = json.loads(body)
            if right and told["events"]:
                self.server.heard.append(told)
            if told["events"] == []:
                self.server.intents.append(told)
            self.send_response((self.server.answer if told["events"] else 200) if right else 401)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    server.heard, server.intents, server.judges, server.answer = [], [], True, 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}/hooks"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def books(app):
    town = Town()
    town.clock.set(NOW)
    yield town.books
    town.books.messenger.close()


def invoice(books, number="INV-1"):
    contact = books.add_contact({"Name": f"Jo Park {number}"})
    books.add_invoice(
        {
            "Type": "ACCREC",
            "InvoiceNumber": number,
            "Contact": {"ContactID": contact},
            "Date": "2026-11-24",
            "DueDate": "2026-11-24",
            "Status": "AUTHORISED",
            "LineItems": [{"Description": "Mug", "Quantity": 1, "UnitAmount": "20.00", "AccountCode": "200"}],
        }
    )
    return books.invoice(number)["InvoiceID"]


def told(books, app):
    """Category, type and id of each event, once all that is due was sent."""
    time.sleep(0.25)
    assert books.messenger.idle()
    events = [event for batch in app.heard for event in batch["events"]]
    return [(event["eventCategory"], event["eventType"], event["resourceId"]) for event in events]


def test_it_is_on_once_its_intent_to_receive_was_answered_rightly_and_else_stays_off(books, app):
    app.judges = False
    assert not books.messenger.subscribe(app.url, KEY)
    invoice(books)
    assert told(books, app) == []

    app.judges = True
    app.intents.clear()
    assert books.messenger.subscribe(app.url, KEY)
    assert [(each["firstEventSequence"], each["lastEventSequence"]) for each in app.intents] == [(0, 0)] * 4


def test_what_is_made_and_changed_is_told_thinly_many_in_one_request(books, app):
    books.messenger.subscribe(app.url, KEY)
    invoice_id = invoice(books)
    made = told(books, app)
    assert len(app.heard) == 1
    assert (app.heard[0]["firstEventSequence"], app.heard[0]["lastEventSequence"]) == (1, len(made))

    books.edit_invoice("INV-1", {"Reference": "1042"})
    events = told(books, app)

    assert [each for each in events if each[0] == "INVOICE"] == [
        ("INVOICE", "CREATE", invoice_id),
        ("INVOICE", "UPDATE", invoice_id),
    ]
    assert "CONTACT" in {category for category, _, _ in events}


def test_items_are_told_to_nobody(books, app):
    books.messenger.subscribe(app.url, KEY)
    books.add_item({"Code": "MUG", "Name": "Mug"})

    assert told(books, app) == []


def test_what_a_failing_app_misses_comes_again_in_one_piece_and_after_a_day_it_is_switched_off(books, app):
    books.messenger.subscribe(app.url, KEY)
    app.answer = 500
    invoice_id = invoice(books)
    told(books, app)
    assert books.messenger.sent[-1][1] == 500

    app.heard.clear()
    app.answer = 200
    books.clock.set(NOW + timedelta(minutes=1))
    assert ("INVOICE", "CREATE", invoice_id) in told(books, app)

    app.answer = 500
    books.edit_invoice("INV-1", {"Reference": "1042"})
    told(books, app)
    for hours in range(1, 26):
        books.clock.set(NOW + timedelta(hours=hours * 2))
        time.sleep(0.05)
        books.messenger.idle()
    assert not books.messenger.is_on


def switched_off(books):
    """The app fails for more than a day, looked at often; the clock stands where it was switched off."""
    for hours in range(1, 60):
        books.clock.set(NOW + timedelta(hours=hours))
        time.sleep(0.05)
        books.messenger.idle()
        if not books.messenger.is_on:
            return
    raise AssertionError("it was never switched off")


def test_one_that_is_switched_on_again_brings_at_once_what_waited(books, app):
    books.messenger.subscribe(app.url, KEY)
    app.answer = 500
    invoice_id = invoice(books)
    told(books, app)
    switched_off(books)

    app.heard.clear()
    app.answer = 200
    assert books.messenger.subscribe(app.url, KEY)

    assert ("INVOICE", "CREATE", invoice_id) in told(books, app)


def test_one_that_is_switched_on_again_has_a_new_day_to_fail_in(books, app):
    books.messenger.subscribe(app.url, KEY)
    app.answer = 500
    invoice(books)
    told(books, app)
    switched_off(books)

    assert books.messenger.subscribe(app.url, KEY)
    books.clock.set(books.clock.now() + timedelta(hours=20))  # whatever the next try was
    told(books, app)

    assert books.messenger.sent[-1][1] == 500
    assert books.messenger.is_on


@pytest.mark.skipif(specs_path() is None, reason="the vendor's description is not here")
def test_a_request_is_what_the_vendors_description_says(books, app):
    books.messenger.subscribe(app.url, KEY)
    invoice(books)
    told(books, app)

    document = yaml.safe_load((specs_path() / "xero" / "xero-webhooks.yaml").read_text())
    schema = document["components"]["schemas"]["WebhookEvent"]
    for batch in app.heard:
        batch["events"] = [each for each in batch["events"] if each["eventCategory"] != "CREDITNOTE"]
        assert list(OAS31Validator(schema).iter_errors(batch)) == []
