"""Business risk: finance does not hear of a day that differs, hears of it twice, or a signed day changes and nobody is told."""

import io
import logging
import socket
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pandas as pd
import pytest
from day_papers import AGREES, ASKED, CHANGED_AFTER, DAY, DIFFERS, SIGNATURE, paper
from post_office import later
from store_desk import STORE, smtp_connection

from bridge.notifiers import alerts, mail
from bridge.notifiers import reconciliation as letters
from bridge.notifiers.posting import deliver
from include.database.connection import connect
from include.domain.reconciliation import Difference
from include.settings.store import store_named
from include.stages.reconciliation import sign
from include.stages.reconciliation.kept import keep

PAGE = "http://airflow.example/bridge/reconciliation?store=au&day=2026-11-24"


@pytest.fixture
def written(stores):
    return lambda a_paper, page=PAGE: letters.letter_of(a_paper, store_named("au"), page)


@pytest.mark.parametrize(
    ("a_paper", "subject"),
    [
        (paper(), "Demo shop, 24 November: they agree"),
        (paper(DIFFERS), "Demo shop, 24 November: 4 differences"),
        (paper(replace(AGREES, differences=DIFFERS.differences[:1])), "Demo shop, 24 November: 1 difference"),
        (CHANGED_AFTER, "Demo shop, 24 November: 4 differences, changed since it was signed"),
    ],
)
def test_the_subject_says_the_verdict(written, a_paper, subject):
    assert written(a_paper).subject == subject


@pytest.mark.parametrize("part", ["text", "html"])
def test_both_parts_say_totals_differences_what_to_do_and_where_to_sign(written, part):
    said = getattr(written(paper(DIFFERS)), part).replace("&amp;", "&").replace("&#39;", "'")

    for each in (
        "4 differences need you",
        "14,310.20",
        "−9.00" if part == "html" else "Xero 90.00",
        "Line 1 says 90.00, we posted 99.00.",
        "Remove it if the money did not come.",
        PAGE,
    ):
        assert each in said
    assert "1051" not in said or part == "text"  # what explains itself needs nobody, and stands in the whole text alone


def test_where_airflows_address_is_unknown_the_letter_names_the_command(written):
    for part in (written(paper(), "").text, written(paper(), "").html):
        assert "make sign STORE=au DAY=2026-11-24" in part
    assert "make sign" not in written(paper(AGREES, 1, SIGNATURE), "").html


def test_the_workbook_and_the_csv_come_with_it_and_open(written):
    message = mail.message_of(written(paper(DIFFERS, 2)), sender="bridge@x.example", recipients=["books@x.example"])

    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in next(message.iter_parts()).iter_parts()] == ["text/plain", "text/html"]
    sheet, table = message.iter_attachments()
    assert [each.get_filename() for each in (sheet, table)] == [
        "au-2026-11-24-version-2.xlsx",
        "au-2026-11-24-version-2.csv",
    ]
    assert len(pd.read_excel(io.BytesIO(sheet.get_content()), sheet_name="Differences")) == 5
    assert "1210.00" in table.get_payload(decode=True).decode("utf-8-sig")


def test_many_differences_are_told_as_a_few_and_how_many_more(written):
    many = tuple(replace(DIFFERS.differences[0], order_key=str(key)) for key in range(2000, 2300))
    letter = written(paper(replace(DIFFERS, differences=many)))

    assert letter.html.count("<strong>Order 2") == letters.SHOWN_MAX
    assert f"And {300 - letters.SHOWN_MAX} more" in letter.html


def test_no_letter_carries_an_address_and_html_is_escaped(written):
    odd = Difference(
        "1", "missing", "sales", "AUD", None, None, None, "", "Jane <jane@customer.example> has <b>two</b>"
    )
    letter = written(paper(replace(DIFFERS, differences=(odd,))))

    assert "customer.example" not in letter.text + letter.html
    assert "<b>two</b>" not in letter.html


class Finance:
    """A store whose reports are kept, and the letters about them that its mail server took."""

    def __init__(self, db, key):
        self.db, self.store, self.sent = db, store_named(key), []

    def keep(self, *reports):
        for each in reports:
            keep(self.db, self.store, replace(each, store=self.store.key))

    def tell(self, later=1):
        return letters.tell(self.db, self.store, datetime.combine(DAY + timedelta(days=later), time(23), UTC))

    def look(self, later):
        """A look at what lasts, so many days later."""
        alerts.look(self.db, self.store, datetime.combine(DAY + timedelta(days=later), time(9), UTC))

    def subjects(self):
        found = [" ".join(each["Subject"].split()) for each in self.sent]
        self.sent.clear()
        return found


@pytest.fixture
def finance(stores, postgres, monkeypatch):
    """Gives the desk of a store, whose letters go through a real mail server."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Message

    class Mailbox(Message):
        def handle_message(self, message):
            desks[-1].sent.append(message)

    desks = []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", smtp_connection(port))
    server = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        with connect(postgres.writer_dsn) as db:

            def desk_of(key):
                if not (stores / f"{key}.yaml").exists():
                    (stores / f"{key}.yaml").write_text(STORE.format(key=key))
                desks.append(Finance(db, key))
                return desks[-1]

            yield desk_of
    finally:
        server.stop()


def test_a_version_is_told_once_and_a_change_after_the_signature_always(finance):
    """One story, since each letter depends on those before it."""
    desk = finance("au")
    desk.keep(AGREES, replace(DIFFERS, day=DAY - timedelta(days=20)))

    assert desk.tell() == 1  # the day; a report of three weeks ago is no news any more
    assert desk.subjects() == ["Demo shop, 24 November: they agree"]
    assert desk.tell() == 0

    sign(desk.db, desk.store, DAY, "ann", "Read.")
    desk.keep(replace(DIFFERS, asked_at=ASKED + timedelta(days=40)))
    assert desk.tell(later=40) == 1
    assert desk.subjects() == ["Demo shop, 24 November: 4 differences, changed since it was signed"]

    desk.keep(replace(AGREES, day=DAY + timedelta(days=60), shadow=True))
    assert desk.tell(later=66) == 0  # in shadow nothing is posted, so nobody signs


def test_days_that_stay_unsigned_are_recalled_together_ever_more_seldom_until_they_are_signed(finance):
    desk = finance("nz")
    desk.keep(AGREES, replace(AGREES, day=DAY + timedelta(days=1)))

    told = {later: desk.subjects() for later in range(1, 24) if desk.look(later) or True}
    assert {later: subjects for later, subjects in told.items() if subjects} == {
        4: ["Demo shop: 24 November is not signed yet"],
        5: ["Demo shop: 1 new, 1 still open"],
        6: ["Demo shop: Still: 25 November is not signed yet"],
        7: ["Demo shop: Still: 24 November is not signed yet"],
        8: ["Demo shop: Still: 25 November is not signed yet"],
        11: ["Demo shop: Still: 24 November is not signed yet"],
        12: ["Demo shop: Still: 25 November is not signed yet"],
        18: ["Demo shop: Still: 24 November is not signed yet"],
        19: ["Demo shop: Still: 25 November is not signed yet"],
    }

    for day in (DAY, DAY + timedelta(days=1)):
        sign(desk.db, desk.store, day, "ann", "Read.")
    desk.look(24)
    assert desk.subjects() == ["Demo shop: 2 over"]


def test_a_day_of_last_week_that_was_asked_for_just_now_is_told_and_not_recalled_in_the_same_breath(finance):
    desk = finance("uk")
    asked = ASKED + timedelta(days=105)
    desk.keep(replace(AGREES, day=DAY + timedelta(days=100), asked_at=asked))

    assert desk.tell(later=105) == 1
    assert desk.subjects() == ["Demo shop, 4 March: they agree"]
    desk.look(105)
    assert [each for each in desk.subjects() if "04 March" in each] == []
    desk.look(106)
    assert len(desk.subjects()) == 1


def test_a_mail_server_that_is_down_turns_nothing_red_and_loses_no_letter(finance, monkeypatch, caplog):
    desk = finance("us")
    desk.keep(replace(AGREES, day=DAY + timedelta(days=5)))
    with monkeypatch.context() as down, caplog.at_level(logging.WARNING):
        down.setenv("AIRFLOW_CONN_SMTP_DEFAULT", smtp_connection(9))
        assert desk.tell(later=6) == 1
    assert "A letter did not leave" in caplog.text
    assert desk.subjects() == []

    later(desk.db)
    deliver(desk.db)
    assert desk.subjects() == ["Demo shop, 29 November: they agree"]


def test_a_store_that_names_nobody_of_finance_sends_nothing_and_says_so(finance, stores, caplog):
    (stores / "ca.yaml").write_text(STORE.format(key="ca").replace("finance: [books@merchant.example], ", ""))
    desk = finance("ca")
    desk.keep(AGREES)

    with caplog.at_level(logging.WARNING):
        assert desk.tell() == 0
    assert "alerts of ca.yaml names nobody for it" in caplog.text


def test_the_link_leads_to_the_days_page_in_airflow(stores):
    assert letters.page_of("au", DAY) == PAGE
    assert letters.page_of("au") == "http://airflow.example/bridge/reconciliation?store=au"
