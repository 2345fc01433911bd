"""Letters on their way. One is written in the transaction that marks what it tells of, and sent after it, as often as it takes.

Of two processes one sends a letter. One that is killed between the mail server's answer and our commit sends it again, with
the same Message-ID.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from include.database.connection import Database

Channel = Literal["mail", "chat"]
AT_ONCE_MAX = 200  # letters of one go: a mail server that takes a second for each must not hold a worker for long


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter as it goes out. `recipients` are addresses; of a chat the names of Connections."""

    channel: Channel
    recipients: tuple[str, ...]
    message: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many letters left, and how many did not, by the kind of error."""

    sent: int
    failed: int
    problem: str = ""


def put(
    db: Database,
    store: str,
    kind: str,
    *,
    channel: Channel,
    recipients: Sequence[str],
    subject: str,
    message: bytes,
    message_id: str,
) -> int:
    """Put a letter in the outbox, inside the caller's transaction; its id."""
    letter_id: int = db.value(
        "outbox.put",
        store=store,
        kind=kind,
        channel=channel,
        recipients=list(recipients),
        subject=subject,
        message=message,
        message_id=message_id,
    )
    return letter_id


def deliver(db: Database, send: Callable[[Outgoing], None], only: Sequence[int] | None = None) -> Delivered:
    """Send what is due: of `only` these letters, where given. What `send` raises is kept by its kind, and tried again later.

    After the first failure of a channel its others wait for the next time: a server that is down is not asked for each.
    """
    sent = failed = 0
    problem = ""
    for _ in range(AT_ONCE_MAX):
        with db.transaction():
            row = db.row("outbox.take", only=None if only is None else list(only))
            if row is None:
                break
            try:
                send(Outgoing(row["channel"], tuple(row["recipients"]), bytes(row["message"])))
            except Exception as error:  # whatever it is, the letter stays and the run is none the worse
                problem = type(error).__name__  # its text may quote a secret or an address
                db.run("outbox.failed", letter_id=row["letter_id"], problem=problem)
                failed += 1
            else:
                db.run("outbox.sent", letter_id=row["letter_id"])
                sent += 1
        if failed:
            break
    return Delivered(sent, failed, problem)


def forget(db: Database, days: int) -> int:
    """Forget letters that left so many days ago; how many. Their text was forgotten when they left."""
    with db.transaction():
        return db.run("outbox.forget", days=days)
