"""Business risk: alerts are set up, nobody tries them, and the first one that matters goes to somebody who left."""

import asyncio
import json
import logging
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from airflow.sdk._shared.secrets_masker import redact
from store_desk import smtp_connection

from bridge import deadlines
from bridge.notifiers import chat, looking, trying
from bridge.notifiers.samples import SAID, samples
from include.database.connection import connect
from include.domain.alert import KINDS
from include.settings.store import store_named

SECRET = "services/T0/B0/s3cr3t-of-the-chat"


@pytest.fixture
def room():
    """A chat's webhook: `.heard` are (path, what it said), `.answer` its status."""

    class Room(BaseHTTPRequestHandler):
        def do_POST(self):
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.server.heard.append((self.path, said))
            self.send_response(self.server.answer)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Room)
    server.heard, server.answer = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def connection_to(room):
    return json.dumps({"conn_type": "http", "host": f"http://127.0.0.1:{room.server_port}", "password": f"/{SECRET}"})


def test_there_is_a_letter_of_each_kind_and_each_is_marked_as_a_test(stores):
    letters = dict(zip(KINDS, samples(store_named("au"), datetime.now(UTC)), strict=True))

    for kind, (alert, letter) in letters.items():
        assert alert.kind == kind
        assert letter.subject.startswith("[Test] ")
        assert letter.text.startswith("This is a test.")
        assert "This is a test." in letter.html
        if kind in SAID:
            assert SAID[kind][1].rstrip(".") in letter.text


def test_who_tries_them_reads_to_whom_each_went_and_which_would_have_waited(stores, post_office, capsys):
    path = stores / "au.yaml"
    routes = (
        'routes: [{kind: [held], over: 100, currency: AUD, mail: [cfo@merchant.example], digest: ["08:00"]}, '
        "{kind: [audit], chat: [night_chat]}], "
    )
    path.write_text(path.read_text().replace("alerts: {", "alerts: {" + routes))

    assert trying.main(["--store", "au"]) == 0

    said = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert set(said) == set(KINDS)
    assert "to cfo@merchant.example, which else waits until" in said["held"]
    assert said["audit"].endswith("to chat night_chat")
    assert said["mapping"].endswith("to night@merchant.example, books@merchant.example")
    assert len(post_office.letters) == len(KINDS) - 1
    assert [connection for connection, _ in post_office.notes] == ["night_chat"]


def test_what_does_not_leave_and_what_nobody_hears_of_is_said_and_ends_with_1(stores, post_office, capsys):
    path = stores / "nz.yaml"
    path.write_text(path.read_text().replace("finance: [books@merchant.example], ", ""))
    post_office.down = True

    assert trying.main(["--store", "nz"]) == 1

    said = capsys.readouterr().out
    assert "did not leave (ConnectionRefusedError) to night@merchant.example" in said
    assert "to nobody: no route takes it, and nobody is named" in said


def test_a_chat_hears_subject_and_text_at_the_secret_address_of_its_connection(room, monkeypatch, stores, caplog):
    monkeypatch.setenv("AIRFLOW_CONN_NIGHT_CHAT", connection_to(room))
    _, letter = next(samples(store_named("au"), datetime.now(UTC)))

    with caplog.at_level(logging.DEBUG):
        chat.send("night_chat", chat.message_of(letter))

    [(path, said)] = room.heard
    assert path == f"/{SECRET}"
    assert said["text"].startswith("[Test] 1 order needs a decision")
    assert "POST" in caplog.text  # the library's own line at DEBUG, which a task's log takes through Airflow's masker
    assert "s3cr3t" not in str(redact(caplog.text))


def test_a_chat_that_refuses_or_is_down_says_nothing_of_its_address(room, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_NIGHT_CHAT", connection_to(room))
    room.answer = 404

    with pytest.raises(chat.ChatNotTakenError) as refused:
        chat.send("night_chat", b"{}")

    assert str(refused.value) == "404"


def test_a_long_letter_is_cut_for_a_chat():
    from bridge.notifiers.mail import Letter

    said = json.loads(chat.message_of(Letter("s", "line\n" * 5000, "")))["text"]

    assert len(said) <= chat.TEXT_CHARS_MAX + 2
    assert said.endswith("…")


def test_a_mail_server_that_is_down_is_one_line_a_letter_and_no_secret(stores, monkeypatch, capsys):
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", smtp_connection(9))

    assert trying.main(["--store", "au"]) == 1
    assert capsys.readouterr().out.count("did not leave (") == len(KINDS)


def test_a_run_that_takes_too_long_is_kept_once_and_over_when_it_is_green(stores, postgres, post_office, monkeypatch):
    monkeypatch.setenv("BRIDGE_DSN", postgres.writer_dsn)
    run = {"dag_run": {"dag_id": "orders_to_books__au", "dag_run_id": "r1"}}
    for _ in range(2):
        asyncio.run(deadlines.run_is_slow("au", 45, run))

    green = []
    monkeypatch.setattr(
        "bridge.notifiers.greens.is_green_since", lambda dag_id, run_id, moment, greens: run_id in green
    )
    with connect() as db:
        looking.look_at_all(db)
        green.append("r1")
        looking.look_at_all(db)

    assert post_office.subjects == [
        "Demo shop: A run of orders_to_books__au has taken more than 45 minutes",
        "Demo shop: Over: A run of orders_to_books__au has taken more than 45 minutes",
    ]


def test_a_store_that_cannot_be_looked_at_turns_the_step_red_and_the_others_are_told(
    stores, postgres, post_office, monkeypatch
):
    from bridge.notifiers import alerts
    from include.stages.orders.run import StageRed

    monkeypatch.setenv("BRIDGE_DSN", postgres.writer_dsn)
    looked, look = [], alerts.look

    def fails_for_au(db, store):
        if store.key == "au":
            raise ZeroDivisionError("jane@customer.example")
        looked.append(store.key)
        return look(db, store)

    monkeypatch.setattr(alerts, "look", fails_for_au)
    with connect() as db, pytest.raises(StageRed) as red:
        looking.look_at_all(db)

    assert str(red.value) == "store au: ZeroDivisionError, see the log"
    assert looked == ["nz"]


def test_an_altered_audit_is_told_to_both_and_turns_the_night_red(ran, post_office, monkeypatch):
    from include.stages.orders.run import StageRed

    assert looking.check_audits(ran.db)["demo"] > 0
    with ran.db.transaction(), ran.db._connection.cursor() as cursor:
        cursor.execute("UPDATE audit_check SET digest = 'another' WHERE store = 'demo'")

    for _ in range(2):
        with pytest.raises(StageRed, match="which was checked before, is another now"):
            looking.check_audits(ran.db)

    [letter] = post_office.letters
    assert letter.recipients == ("operations@example.com", "finance@example.com")
    assert "Sign no day until it is understood" in letter.text
