"""`python deploy/mail_catcher.py`: the mail catcher of the local stack, for the other containers instead of this host.

Mail is taken on port 2525 and shown on port 8025. None goes any further, and the next start begins empty.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import uvicorn
from aiosmtpd.controller import Controller

from include.commands.stack.mailbox import SIZE_MAX_BYTES, Mailbox, pages

EVERYWHERE = "0.0.0.0"


def main(smtp_port: int = 2525, port: int = 8025) -> None:
    """Receive and show until SIGTERM."""
    with tempfile.TemporaryDirectory(prefix="mail-") as folder:
        mailbox = Mailbox(Path(folder))
        receiver = Controller(
            mailbox, hostname=EVERYWHERE, port=smtp_port, data_size_limit=SIZE_MAX_BYTES, enable_SMTPUTF8=True
        )
        receiver.start()
        try:
            uvicorn.run(pages(mailbox), host=EVERYWHERE, port=port, log_level="warning", access_log=False)
        finally:
            receiver.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
