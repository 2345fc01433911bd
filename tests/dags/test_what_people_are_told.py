"""Business risk: finance overlooks an order, reads a wrong amount, or a mail carries a customer's address out of the house."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from post_office import later
from store_desk import smtp_connection

from bridge.notifiers import finance, mail, operations
from bridge.notifiers.posting import deliver
from include.settings.store import store_named

RUN = "http://airflow.example/dags/orders_to_books__au/runs/scheduled__2026"


def a_row(order="1001", **changes):
    return {
        "subject_key": order,
        "kind": "invoice",
        "part": "main",
        "outcome": "held",
        "reason": "tax_unexplained",
        "sentence": "No mapped rate gives 2.01 on 20.00.",
        "meaning": "No mapped tax rate gives the tax that was charged.",
        "remedy": "Correct the order, or map the rate in tax rules.",
        "amount": Decimal("22.0100"),
        "currency": "AUD",
        "recorded_at": datetime(2026, 11, 24, tzinfo=UTC),
        "batch_id": 7,
    } | changes


@pytest.fixture
def letter(stores):
    return lambda *rows: finance.letter_to_finance(rows, store_named("au"), run_url=RUN)


def test_the_subject_says_how_many_orders_and_how_much_money(letter):
    rows = [a_row("1001"), a_row("1002", amount=Decimal("400.00")), a_row("1003", amount=Decimal("9.19"))]

    assert letter(*rows).subject == "3 orders need a decision: AUD 431.20 (Demo shop)"


def test_one_order_needs_a_decision_in_the_singular(letter):
    assert letter(a_row()).subject == "1 order needs a decision: AUD 22.01 (Demo shop)"


def test_invoice_and_payment_of_one_order_count_once(letter):
    rows = [a_row(amount=Decimal("50")), a_row(kind="payment", part="tender-1", amount=Decimal("50"))]

    assert letter(*rows).subject == "1 order needs a decision: AUD 50.00 (Demo shop)"


def test_currencies_are_never_added_to_each_other_and_yen_have_no_cents(letter):
    rows = [a_row("1001"), a_row("1002", amount=Decimal("1200.0000"), currency="JPY")]

    assert letter(*rows).subject == "2 orders need a decision: AUD 22.01 + JPY 1200 (Demo shop)"


def test_what_is_tried_again_by_itself_asks_nobody_for_a_decision(letter):
    written = letter(
        a_row("1001"), a_row("1002", outcome="failed", reason="vendor_down", meaning="The other system did not answer.")
    )

    assert written.subject.startswith("1 order needs a decision")
    assert "Tried again by itself" in written.text
    assert letter(a_row(outcome="failed", reason="vendor_down")).subject.startswith("1 order is not in the books yet")


def test_what_xero_refused_needs_a_person(letter):
    written = letter(a_row(outcome="failed", reason="refused_by_vendor"))

    assert written.subject.startswith("1 order needs a decision")


@pytest.mark.parametrize("part", ["text", "html"])
def test_both_parts_say_order_amount_meaning_remedy_and_link_to_shop_run_and_books(letter, part, monkeypatch):
    monkeypatch.setenv("BRIDGE_BOOKS_URL", "http://sandbox.example/books")

    said = getattr(letter(a_row()), part).replace("&amp;", "&")

    for each in (
        "1001",
        "AUD 22.01",
        "No mapped rate gives 2.01 on 20.00.",
        "No mapped tax rate gives the tax that was charged.",
        "Correct the order, or map the rate in tax rules.",
        "https://shop.example/manage/orders/1001",
        "http://airflow.example/bridge/order?store=au",
        "http://airflow.example/bridge/review?store=au",
        RUN,
        "http://sandbox.example/books",
    ):
        assert each in said


def test_a_document_without_an_amount_is_told_without_one(letter):
    written = letter(a_row(amount=None, currency=None))

    assert written.subject == "1 order needs a decision (Demo shop)"
    assert "None" not in written.text + written.html


def test_no_letter_to_finance_carries_an_e_mail_address_and_html_is_escaped(letter):
    written = letter(a_row(sentence="Jane <jane.doe@customer.example> has <b>two</b> contacts"))

    assert "customer.example" not in written.text + written.html
    assert "<b>two</b>" not in written.html


def test_a_letter_has_a_plain_and_an_html_part_and_reads_in_dark_mode(letter):
    message = mail.message_of(letter(a_row()), sender="bridge@merchant.example", recipients=["books@merchant.example"])

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["To"] == "books@merchant.example"
    assert "prefers-color-scheme: dark" in message.get_body(("html",)).get_content()


@pytest.fixture
def waiting(ran, post_office):
    """The demo's documents that wait, of which nobody was told."""
    with ran.db.transaction(), ran.db._connection.cursor() as cursor:
        cursor.execute("DELETE FROM notice")
        cursor.execute("DELETE FROM outbox")
    return ran


def told_by(store, **changed):
    """The store with other alert settings, as its file would say them."""
    from include.settings.alerts import Alerts

    said = {"finance": ("books@merchant.example",), "operations": ("night@merchant.example",), **changed}
    return replace(store, file=store.file.model_copy(update={"alerts": Alerts.model_validate(said)}))


def test_what_waits_is_told_once(waiting, post_office):
    store = told_by(waiting.store)

    count = finance.tell(waiting.db, store)

    [letter] = post_office.letters
    assert count > 1
    assert "need a decision" in letter.subject
    assert letter.recipients == ("books@merchant.example",)
    assert finance.tell(waiting.db, store) == 0


def test_a_mail_server_that_is_down_loses_nothing_and_the_letter_keeps_its_name(waiting, post_office):
    store = told_by(waiting.store)
    post_office.down = True
    assert finance.tell(waiting.db, store) > 1
    [kept] = waiting.db.rows("outbox.take", only=None) or [None]
    waiting.db.rollback()
    assert kept is None  # its next try has its time

    post_office.down = False
    later(waiting.db)
    deliver(waiting.db)
    deliver(waiting.db)
    assert len(post_office.letters) == 1


def test_large_amounts_of_one_reason_go_to_somebody_else_and_a_chat(waiting, post_office):
    rows = waiting.db.rows("letters.newly_told", store="demo", limit=500)
    waiting.db.rollback()
    largest = next(row for row in rows if row["amount"])
    route = {
        "kind": ["held"], "reason": [largest["reason"]], "over": str(largest["amount"]), "currency": largest["currency"],
        "mail": ["cfo@merchant.example"], "chat": ["finance_chat"],
    }  # fmt: skip

    finance.tell(waiting.db, told_by(waiting.store, routes=[route]))

    by = {letter.recipients: letter for letter in post_office.letters}
    assert set(by) == {("cfo@merchant.example",), ("books@merchant.example",)}
    assert f"\n{largest['subject_key']}, " in by["cfo@merchant.example",].text
    assert f"\n{largest['subject_key']}, " not in by["books@merchant.example",].text
    [(connection, note)] = post_office.notes
    assert connection == "finance_chat"
    assert largest["subject_key"] in note


def test_a_digest_waits_for_its_time_and_has_all_of_it(waiting, post_office):
    at = datetime.now(UTC) + timedelta(hours=2)
    store = told_by(waiting.store, routes=[
        {"kind": ["held"], "mail": ["books@merchant.example"], "digest": [f"{at:%H:%M}"]},
    ])  # fmt: skip

    assert finance.tell(waiting.db, store) == 0
    assert finance.tell(waiting.db, store, at + timedelta(minutes=1)) > 1
    assert len(post_office.letters) == 1
    assert finance.tell(waiting.db, store, at + timedelta(minutes=2)) == 0


def test_what_nobody_is_named_for_stays_untold_and_is_said(waiting, post_office, caplog):
    with caplog.at_level(logging.WARNING):
        assert finance.tell(waiting.db, told_by(waiting.store, finance=())) == 0
    assert "told to nobody" in caplog.text
    assert finance.tell(waiting.db, told_by(waiting.store)) > 1


def test_a_letter_goes_through_airflows_mail_connection_with_both_parts(stores, letter, monkeypatch):
    import socket

    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Message

    class Mailbox(Message):
        def __init__(self):
            super().__init__()
            self.letters = []

        def handle_message(self, message):
            self.letters.append(message)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", smtp_connection(port))
        mail.send(
            mail.message_of(letter(a_row()), sender="bridge@merchant.example", recipients=["books@merchant.example"])
        )
    finally:
        server.stop()

    assert [part.get_content_type() for part in box.letters[0].walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def a_red_task(exception):
    ti = SimpleNamespace(
        dag_id="orders_to_books__au",
        task_id="load",
        run_id="scheduled__2026",
        try_number=6,
        log_url=f"{RUN}/tasks/load",
    )
    doc = "| `load` | Xero is down | clear it when it is back |"
    return {"ti": ti, "dag": SimpleNamespace(doc_md=doc), "exception": exception}


def test_operations_hear_what_is_red_why_what_it_means_and_what_to_do(stores):
    from include.clients.errors import Unavailable

    written = operations.letter_to_operations(a_red_task(Unavailable("Xero answered 503.")), "au")

    assert written.subject == "Red: orders_to_books__au, load"
    for part in (written.text, written.html):
        for each in ("Xero answered 503.", "Xero is down", "clear it when it is back", f"{RUN}/tasks/load"):
            assert each in part


def test_a_foreign_error_is_told_by_its_name_only_since_its_text_may_hold_a_row():
    assert operations.first_line(ValueError("row: Jane Doe, jane@customer.example")) == "ValueError, see the log"


def test_only_the_first_line_of_our_own_error_is_told_without_addresses():
    from include.stages.orders.run import StageRed

    assert operations.first_line(StageRed("batch 7, check: jane@x.example\nsecond")) == "batch 7, check: (address)"


def test_a_masked_secret_stays_masked_in_the_letter():
    from airflow.sdk.log import mask_secret

    from include.clients.errors import NotAllowed

    mask_secret("s3cr3t-of-the-shop")

    assert "s3cr3t" not in operations.first_line(NotAllowed("refused s3cr3t-of-the-shop"))


def test_operations_of_a_store_with_a_mistake_elsewhere_in_its_file_are_told_too(stores):
    path = stores / "au.yaml"
    path.write_text(path.read_text() + "colour: blue\n")

    alerts = operations.alerts_of("au")
    assert (alerts.operations, alerts.sender) == (("night@merchant.example",), "bridge@merchant.example")


def test_a_red_task_of_a_store_whose_file_is_no_yaml_still_fails_by_its_own_error(stores):
    (stores / "au.yaml").write_text("store: [")

    operations.TellOperations("au").notify(a_red_task(None))


@pytest.mark.parametrize(("verdict", "letters"), [("StageRed", 1), ("LeftRed", 0)])
def test_operations_are_told_of_a_cause_and_not_again_by_the_audit(
    stores, postgres, post_office, monkeypatch, verdict, letters
):
    from include.stages import orders

    monkeypatch.setenv("BRIDGE_DSN", postgres.writer_dsn)
    operations.TellOperations("au").notify(a_red_task(getattr(orders, verdict)("batch 5 is not done (transformed)")))

    assert len(post_office.letters) == letters


def test_the_shadow_report_says_what_would_be_posted_by_account_and_tax_and_what_is_held(stores):
    from bridge.notifiers.shadow import shadow_letter
    from include.stages.orders.shadow import ShadowReport

    report = ShadowReport(
        store="Demo shop",
        orders=2,
        documents={("invoice", "AUD"): (2, Decimal("77.00")), ("payment", "AUD"): (1, Decimal("55.00"))},
        sums={
            ("200", "OUTPUT", "AUD"): (Decimal("60.00"), Decimal("6.00")),
            ("260", "OUTPUT", "AUD"): (Decimal("10.00"), Decimal("1.00")),
        },
        adopted=[
            {
                "subject_key": "1009",
                "sentence": "It would be adopted: INV-7.",
                "amount": Decimal("9"),
                "currency": "AUD",
            }
        ],
        held={"tax_unexplained": 1},
        held_first=[a_row(sentence="Jane <jane@customer.example> paid 2.01.")],
        skipped={"incomplete": 3},
    )

    written = shadow_letter(report, store_named("au"))

    assert written.subject == "Shadow report of Demo shop: 2 orders would be posted, 1 documents held"
    for part in (written.text, written.html):
        for each in (
            "A live run would post 2 orders: AUD 77.00",
            "OUTPUT",
            "AUD 70.00",
            "AUD 7.00",
            "tax_unexplained",
            "INV-7",
            "mode: live",
        ):
            assert each in part
        assert "jane@" not in part
