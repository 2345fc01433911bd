"""A letter of two parts, plain and HTML, written from templates, and a message of it for Airflow's `smtp_default`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import smtplib
    from email.message import Message

TEMPLATES = Path(__file__).parent / "templates"
ADDRESS = re.compile(r"[^\s@<>()\"']+@[^\s@<>()\"']+\.\w+")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a letter. `kind` is its media type: `text/csv`."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent. `subject` is one line."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


def written(template: str, subject: str, **content: Any) -> Letter:
    """A letter out of `templates/TEMPLATE.txt` and `.html`. A name that is not given raises: no letter has a hole."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    subject = " ".join(subject.split())
    return Letter(
        subject,
        pages.get_template(f"{template}.txt").render(subject=subject, **content),
        pages.get_template(f"{template}.html").render(subject=subject, **content),
    )


def without_addresses(text: str | None) -> str:
    """The text with every e-mail address taken out: an exception or a sentence may quote what somebody typed."""
    return ADDRESS.sub("(address)", text or "")


def message_of(letter: Letter, *, sender: str, recipients: Sequence[str]) -> EmailMessage:
    """The letter as multipart/alternative, the plain part first; with attachments that is the first part of multipart/mixed."""
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">") or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for each in letter.attachments:
        main, _, sub = each.kind.partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return message


def send(message: EmailMessage | Message) -> None:
    """Hand a message to the mail server of `smtp_default`. Raises what the server or the way to it raised."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    with SmtpHook() as hook:
        # The hook's own way of sending carries HTML alone; its connection, log-in and TLS are what we take from it.
        client = cast("smtplib.SMTP", hook._smtp_client)
        client.send_message(message)
