"""A mail catcher: every mail sent to it is kept as a file and shown on a page; none goes any further.

python -m include.commands.stack.mailbox --smtp-port 2525 --port 8025 --folder .local/mail

GET    /             the mails, newest first
GET    /mails/ID     one mail: its HTML in a frame, its text, its attachments
GET    /mails/ID/attached/N     the Nth attachment, from 0, to be saved
GET    /mails/ID/html, /mails/ID/raw      the HTML part alone; the mail as it came
GET    /mails.json   what tests read: [{id, sender, recipients, subject, at, text, html, attachments}]
DELETE /mails        empty it
"""

from __future__ import annotations

import argparse
import email
import email.policy
import itertools
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import uvicorn
from aiosmtpd.controller import Controller
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from include.commands.stack import mailbox_page
from include.commands.stack.places import HOST, private_files

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

SIZE_MAX_BYTES = 20_000_000


@dataclass(frozen=True)
class Mail:
    """One mail. `recipients` are those of the envelope: blind copies too. `at` is UTC, ISO 8601."""

    id: str
    sender: str
    recipients: list[str]
    subject: str
    at: str
    text: str
    html: str
    attachments: list[str]


class Mailbox:
    """A folder of .eml files, named by their time of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._count = itertools.count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        """Keep a mail as it came, with the envelope's recipients in a header of ours."""
        body = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        to = ", ".join(envelope.rcpt_tos).encode()
        path = self.folder / f"{time.time_ns():020d}-{next(self._count) % 1000:03d}.eml"
        draft = path.with_suffix(".draft")
        with private_files():
            draft.write_bytes(b"X-Envelope-To: " + to + b"\r\n" + body)
        draft.replace(path)
        return "250 kept"

    def all(self) -> list[Mail]:
        """Every mail, newest first."""
        return [self._read(path) for path in sorted(self.folder.glob("*.eml"), reverse=True)]

    def one(self, mail_id: str) -> Mail:
        """A mail by its id. Raises 404."""
        return self._read(self._path(mail_id))

    def raw(self, mail_id: str) -> bytes:
        """A mail as it came. Raises 404."""
        return self._path(mail_id).read_bytes()

    def attachment(self, mail_id: str, number: int) -> tuple[str, bytes]:
        """The name and the content of an attachment. Raises 404."""
        message = email.message_from_bytes(self.raw(mail_id), policy=email.policy.default)
        for at, part in enumerate(message.iter_attachments()):
            if at == number:
                return part.get_filename() or "unnamed", bytes(part.get_payload(decode=True) or b"")
        raise HTTPException(404, "no such attachment")

    def empty(self) -> None:
        """Remove all."""
        for path in self.folder.glob("*.eml"):
            path.unlink(missing_ok=True)

    def _path(self, mail_id: str) -> Path:
        path = self.folder / f"{mail_id}.eml"
        if not mail_id.replace("-", "").isdigit() or not path.exists():
            raise HTTPException(404, "no such mail")
        return path

    def _read(self, path: Path) -> Mail:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        arrived = datetime.fromtimestamp(int(path.stem.split("-")[0]) / 1e9, UTC)
        return Mail(
            id=path.stem,
            sender=str(message.get("From", "")),
            recipients=[one.strip() for one in str(message.get("X-Envelope-To", "")).split(",")],
            subject=" ".join(str(message.get("Subject", "")).split()),  # a long one comes folded
            at=arrived.isoformat(timespec="seconds"),
            text=_part(message, "plain"),
            html=_part(message, "html"),
            attachments=[part.get_filename() or "unnamed" for part in message.iter_attachments()],
        )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def pages(mailbox: Mailbox) -> Starlette:
    """The mailbox as a web app."""

    def index(request: Request) -> Response:
        return HTMLResponse(mailbox_page.index([asdict(mail) for mail in mailbox.all()]))

    def mail(request: Request) -> Response:
        return HTMLResponse(mailbox_page.mail(asdict(mailbox.one(request.path_params["id"]))))

    def html(request: Request) -> Response:
        # A mail's HTML is a stranger's: it may not run scripts, nor tell anybody that it was read.
        policy = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        return HTMLResponse(mailbox.one(request.path_params["id"]).html, headers={"Content-Security-Policy": policy})

    def raw(request: Request) -> Response:
        return Response(mailbox.raw(request.path_params["id"]), media_type="text/plain")

    def attached(request: Request) -> Response:
        name, content = mailbox.attachment(request.path_params["id"], request.path_params["number"])
        save = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return Response(content, media_type="application/octet-stream", headers=save)

    def listing(request: Request) -> Response:
        return JSONResponse([asdict(mail) for mail in mailbox.all()])

    def empty(request: Request) -> Response:
        mailbox.empty()
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/mails.json", listing),
            Route("/mails", empty, methods=["DELETE"]),
            Route("/mails/{id}", mail),
            Route("/mails/{id}/html", html),
            Route("/mails/{id}/raw", raw),
            Route("/mails/{id}/attached/{number:int}", attached),
        ]
    )


def main() -> None:
    """Receive and show until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m include.commands.stack.mailbox", description="A mail catcher.")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    wanted = parser.parse_args()
    mailbox = Mailbox(wanted.folder)
    limits: dict[str, Any] = {"data_size_limit": SIZE_MAX_BYTES, "enable_SMTPUTF8": True}
    receiver = Controller(mailbox, hostname=HOST, port=wanted.smtp_port, **limits)
    receiver.start()
    try:
        uvicorn.run(pages(mailbox), host=HOST, port=wanted.port, log_level="warning", access_log=False)
    finally:
        receiver.stop()


if __name__ == "__main__":
    main()
