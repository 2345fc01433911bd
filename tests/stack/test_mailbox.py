"""Business risk covered: an alert that was sent cannot be seen, or a mail's HTML acts in the reader's browser."""

import smtplib
from email.message import EmailMessage

import httpx
import pytest

from include.commands.stack.local import local_stack


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory):
    with local_stack(("mail",), tmp_path_factory.mktemp("mail")) as stack:
        yield stack.mailbox


@pytest.fixture
def http(mailbox):
    with httpx.Client(base_url=mailbox.url, trust_env=False) as client:
        client.delete("/mails")
        yield client


def send(mailbox, subject: str, html: str = "<b>held</b>", attached: tuple[str, bytes] | None = None) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bridge@localhost", "finance@example.com", subject
    mail.set_content("one order is held")
    mail.add_alternative(html, subtype="html")
    if attached:
        mail.add_attachment(attached[1], maintype="text", subtype="csv", filename=attached[0])
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=5) as smtp:
        smtp.send_message(mail, to_addrs=["finance@example.com", "hidden@example.com"])


def test_the_newest_mail_comes_first_with_both_its_parts(mailbox, http):
    send(mailbox, "first")
    send(mailbox, "second: Größe")

    mails = http.get("/mails.json").json()

    assert [mail["subject"] for mail in mails] == ["second: Größe", "first"]
    assert mails[0]["text"].strip() == "one order is held"
    assert mails[0]["html"].strip() == "<b>held</b>"
    assert mails[0]["recipients"] == ["finance@example.com", "hidden@example.com"]


def test_a_mail_may_not_run_scripts_nor_call_home(mailbox, http):
    send(mailbox, "<script>alert(1)</script>", html="<script>alert(2)</script>")
    mail_id = http.get("/mails.json").json()[0]["id"]

    assert "<script>" not in http.get("/").text
    assert "<script>" not in http.get(f"/mails/{mail_id}").text
    policy = http.get(f"/mails/{mail_id}/html").headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


def test_what_is_attached_can_be_saved_and_is_never_opened_in_the_browser(mailbox, http):
    send(mailbox, "a report", attached=("au <1>.csv", b"\xef\xbb\xbfRow,Store\r\n"))
    mail_id = http.get("/mails.json").json()[0]["id"]

    assert "au &lt;1&gt;.csv" in http.get(f"/mails/{mail_id}").text
    saved = http.get(f"/mails/{mail_id}/attached/0")
    assert saved.content == b"\xef\xbb\xbfRow,Store\r\n"
    assert saved.headers["Content-Disposition"] == "attachment; filename*=UTF-8''au%20%3C1%3E.csv"
    assert http.get(f"/mails/{mail_id}/attached/1").status_code == 404


def test_a_mail_that_is_not_there_is_not_found(http):
    assert http.get("/mails/1-0").status_code == 404
    assert http.get("/mails/..%2f..%2fsecrets").status_code == 404
